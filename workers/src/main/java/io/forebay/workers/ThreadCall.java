package io.forebay.workers;

import io.forebay.slots.Slot;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A batch that was submitted to a {@link ThreadPool}. What may change is guarded by the pool's
 * lock.
 */
final class ThreadCall extends CompletableFuture<Completion> {
  final Slot slot;
  final long submitted = MonotonicClock.nanos();

  /** The worker that has it in work. */
  @Nullable Thread runner;

  /** Nobody wants its result. */
  boolean cancelled;

  /** Cancelled, and its worker interrupted for that. */
  boolean interrupted;

  private final ThreadPool pool;

  ThreadCall(ThreadPool pool, Slot slot) {
    this.pool = pool;
    this.slot = slot;
  }

  /**
   * Withdraws the batch: it completes as unavailable, at once if no worker has begun it, otherwise
   * when the function returns, whatever it returns. A thread cannot be killed: a function that
   * takes no notice of an interrupt goes on, and the slot stays the pool's until then.
   *
   * @param mayInterruptIfRunning whether to interrupt the worker that has it in work
   * @return false if it was completed before
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return pool.cancel(this, mayInterruptIfRunning);
  }
}
