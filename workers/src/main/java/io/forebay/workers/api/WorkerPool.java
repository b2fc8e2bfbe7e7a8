package io.forebay.workers.api;

import io.forebay.slots.Slot;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Calls one stage's function on batches, on several workers. Thread-safe.
 *
 * <p>Every submitted batch completes its future exactly once, whatever happens to the workers. At
 * most {@link #capacity} batches are in flight: {@code submit} blocks beyond that.
 */
public interface WorkerPool extends AutoCloseable {
  /**
   * Hands a batch over, the only way in which a function is called. The slot belongs to the pool
   * until the future completes. Completion runs on a thread of the pool: it must be short.
   *
   * <p>A future that is cancelled completes as {@link Completion.Unavailable}: at once while no
   * worker has begun the batch, otherwise when its worker has returned, has passed it by or is
   * dead. {@code cancel(true)} ends the call, as far as the worker can be made to: a process is
   * killed, a thread is interrupted.
   *
   * @throws IllegalStateException if the pool is closed
   */
  CompletableFuture<Completion> submit(Slot slot, CallOptions options) throws InterruptedException;

  /** As {@link #submit(Slot, CallOptions)}, with {@link CallOptions#USUAL}. */
  default CompletableFuture<Completion> submit(Slot slot) throws InterruptedException {
    return submit(slot, CallOptions.USUAL);
  }

  /**
   * Waits until the future is done, looking after finished batches meanwhile where nobody does so
   * on a thread of his own. Whoever completes it, if it is none that {@link #submit} has returned,
   * calls {@link #wakeUp}.
   */
  default void await(CompletableFuture<?> future) throws InterruptedException {
    try {
      future.get();
    } catch (ExecutionException | CancellationException e) {
      // Its owner looks at it.
    }
  }

  /** Lets threads that are in {@link #await} look at their futures. */
  default void wakeUp() {}

  /** How many workers there are. */
  int workers();

  /** How many batches may be in flight. */
  int capacity();

  /** Whether some worker has nothing to do. */
  boolean hasIdleWorker();

  /** Looks at what its threads wait for; the engine has it look some times a second. */
  default void sample(long now) {}

  /** What the pool has measured. */
  PoolSnapshot snapshot();

  /**
   * Waits for what is in flight, up to {@code deadline}, then ends the workers.
   *
   * @return false if threads are left behind because a function takes no notice of an interrupt:
   *     what they have in work completes when it returns
   */
  boolean close(Duration deadline);

  /** Ends the workers; what is in flight completes as unavailable. */
  @Override
  void close();
}
