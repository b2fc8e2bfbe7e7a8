package io.forebay.snapshot;

/**
 * One worker of a stage at an instant, a process or a thread: what is in one of the stage's places,
 * and what all that have been there have done. The definitions are in {@code
 * docs/specs/metrics.md}.
 *
 * @param worker the number of the place, from 0
 * @param state what is there now
 * @param pid its process; 0 while there is none, and of a thread
 * @param batchRows rows of the batch that it has in work; 0 if it has none
 * @param batchNanos for how long that batch, or where records are called one by one its present
 *     record, has been in work; 0 if it has none
 * @param batches batches done
 * @param rows rows given to the function
 * @param cpuNanos CPU time of the processes; {@code StageTimes.UNKNOWN} where nobody tells
 * @param ends how many processes have ended there
 */
public record WorkerSnapshot(
    int worker,
    State state,
    long pid,
    long batchRows,
    long batchNanos,
    long batches,
    long rows,
    long cpuNanos,
    long ends) {
  /** What is in a place. */
  public enum State {
    /** No process yet, or none any more: the next one starts. */
    STARTING,
    /** A process that waits for a batch. */
    IDLE,
    /** A process with a batch in work. */
    BUSY,
    /** A process that the pool has told to end, or killed. */
    ENDING
  }
}
