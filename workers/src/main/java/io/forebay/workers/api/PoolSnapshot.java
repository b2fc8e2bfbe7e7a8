package io.forebay.workers.api;

/**
 * A pool at an instant.
 *
 * @param workers workers alive
 * @param busy workers in a call
 * @param restarts workers replaced since the start
 * @param timeouts calls ended at their deadline since the start
 * @param busyNanos time in the function, all workers together, where that is not the sum of what
 *     the batches took; otherwise -1
 */
public record PoolSnapshot(int workers, int busy, long restarts, long timeouts, long busyNanos) {
  /** Of a pool whose batches tell how long its workers were busy. */
  public PoolSnapshot(int workers, int busy, long restarts, long timeouts) {
    this(workers, busy, restarts, timeouts, -1);
  }
}
