package io.forebay.workers;

import io.forebay.slots.Slot;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Calls one stage's function on batches, on several workers. Thread-safe.
 *
 * <p>Every submitted batch completes its future exactly once, whatever happens to the workers. At
 * most {@link #capacity} batches are in flight: {@code submit} blocks beyond that.
 */
public interface WorkerPool extends AutoCloseable {
  /**
   * Hands a batch over. The slot belongs to the pool until the future completes. Completion runs on
   * a thread of the pool: it must be short.
   *
   * @throws IllegalStateException if the pool is closed
   */
  CompletableFuture<Completion> submit(Slot slot) throws InterruptedException;

  /**
   * As {@link #submit(Slot)}.
   *
   * @param careful whether the batch, together with others, has cost workers: it is called record
   *     by record then, by a worker that has done nothing before, where there are such
   */
  default CompletableFuture<Completion> submit(Slot slot, boolean careful)
      throws InterruptedException {
    return submit(slot);
  }

  /** How many workers there are. */
  int workers();

  /** How many batches may be in flight. */
  int capacity();

  /** Whether some worker has nothing to do. */
  boolean hasIdleWorker();

  /** What the pool has measured. */
  PoolSnapshot snapshot();

  /** Waits for what is in flight, up to {@code deadline}, then ends the workers. */
  void close(Duration deadline);

  /** Ends the workers; what is in flight completes as unavailable. */
  @Override
  void close();
}
