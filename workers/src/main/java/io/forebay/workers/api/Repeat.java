package io.forebay.workers.api;

/** Whether a batch that was in work when its worker was lost is called again. */
public enum Repeat {
  /** Until a record is found to blame. */
  ALWAYS,
  /** As {@link #ALWAYS}, but a record that is alone in its batch has its time only once. */
  ONE_TIMEOUT,
  /** Never: the function is called at most once. */
  NEVER;

  /**
   * Whether a batch is called again.
   *
   * @param timedOut whether its worker was killed because it took too long
   * @param rows how many it has
   */
  public boolean again(boolean timedOut, int rows) {
    return switch (this) {
      case ALWAYS -> true;
      case ONE_TIMEOUT -> !timedOut || rows > 1;
      case NEVER -> false;
    };
  }
}
