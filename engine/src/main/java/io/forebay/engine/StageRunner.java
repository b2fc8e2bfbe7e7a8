package io.forebay.engine;

import io.forebay.workers.PoolSnapshot;
import java.time.Duration;

/**
 * Calls one stage's function on batches. The dispatcher submits; every submitted batch is reported
 * to the {@link Completions} exactly once.
 */
interface StageRunner {
  /** How many batches it takes at a time: the dispatcher does not submit more. */
  int capacity();

  /** How many workers, threads or concurrent records it may use. */
  int workers();

  /** Whether something of it has nothing to do. */
  boolean hasIdleWorker();

  /** Hands a batch over; does not block while fewer than {@link #capacity} are in work. */
  void submit(InFlightBatch batch) throws InterruptedException;

  PoolSnapshot snapshot();

  /** Time that its workers spent in the function, all together; -1 to go by the batches. */
  default long busyNanos() {
    return -1;
  }

  /**
   * Ends it, waiting for threads up to {@code deadline}; what is in work is reported as lost.
   *
   * @return false if threads are left behind because the function does not return
   */
  boolean close(Duration deadline);
}
