package io.forebay.internal.events;

/** Is told of one batch on its way, by the thread that has it: returns soon, and does not throw. */
public interface BatchTrace {
  /**
   * A stage's call on the batch, or on a part of it, has just returned.
   *
   * @param waitNanos from when the batch came to the stage to the begin of the call
   * @param worker who has computed it, empty where that has no name
   */
  void called(
      String stage,
      int rows,
      long waitNanos,
      long serviceNanos,
      long transportNanos,
      String worker);

  /** The batch, or a part of it, is handed to the sinks. */
  void handedOut();

  /** Every sink has written all of it; so many records were read with it. */
  void written(int records);
}
