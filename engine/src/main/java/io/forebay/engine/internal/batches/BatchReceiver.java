package io.forebay.engine.internal.batches;

/** Who is given the batches that have passed all stages. */
public interface BatchReceiver {
  /** Hands a batch over, or the part of it that is in its slot. */
  void take(InFlightBatch batch);

  /**
   * No more batches will come.
   *
   * @param completely whether the sources came to their end by themselves
   */
  void end(boolean completely);
}
