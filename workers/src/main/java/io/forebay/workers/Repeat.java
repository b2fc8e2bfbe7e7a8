package io.forebay.workers;

/** Whether a batch that was in work when its worker was lost is called again. */
public enum Repeat {
  /** Until a record is found to blame; see {@link CallHistory}. */
  ALWAYS,
  /** As {@link #ALWAYS}, but a record that is alone in its batch has its time only once. */
  ONE_TIMEOUT,
  /** Never: the function is called at most once. */
  NEVER;

  /** Whether a batch of so many rows is called again after such an end of its worker. */
  boolean after(WorkerEnd.Kind end, int rows) {
    return switch (this) {
      case ALWAYS -> true;
      case ONE_TIMEOUT -> end != WorkerEnd.Kind.TIMED_OUT || rows > 1;
      case NEVER -> false;
    };
  }
}
