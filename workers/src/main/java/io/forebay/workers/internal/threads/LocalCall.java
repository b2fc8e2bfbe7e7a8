package io.forebay.workers.internal.threads;

import io.forebay.slots.Slot;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.MonotonicClock;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A batch that was submitted to a pool in this process: called as one piece, or row by row. What
 * may change is guarded by the lock of its {@link CallQueue}.
 */
final class LocalCall extends CompletableFuture<Completion> {
  final Slot slot;
  final long submitted = MonotonicClock.nanos();

  /** What has become of its rows; null where the batch is called as one piece. */
  final @Nullable RowResults rows;

  /** How many pieces there are to be called, at least one. */
  final int pieces;

  /** How many of them were begun. */
  int begun;

  /** How many of those have not ended. */
  int running;

  /** How many of those a worker has, which may use the slot. */
  int held;

  /** Its results are being written: nobody else may have the slot. */
  boolean writing;

  /** What it has come to, once its last piece has ended. */
  @Nullable Completion end;

  /** Nobody wants its result. */
  boolean cancelled;

  /** Cancelled, and its workers interrupted for that. */
  boolean interrupted;

  private final CallQueue queue;

  LocalCall(CallQueue queue, Slot slot, @Nullable RowResults rows) {
    this.queue = queue;
    this.slot = slot;
    this.rows = rows;
    this.pieces = rows == null ? 1 : Math.max(1, rows.size());
  }

  /**
   * Withdraws the batch: it completes as unavailable, at once if no worker has it in work,
   * otherwise when the function returns, whatever it returns. A thread cannot be killed: a function
   * that takes no notice of an interrupt goes on, and the slot stays the pool's until then.
   *
   * @param mayInterruptIfRunning whether to interrupt the workers that have it in work
   * @return whether it will complete so: false if it has been completed
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return queue.cancel(this, mayInterruptIfRunning);
  }

  /** On its worker: forgets an interrupt that is not meant for it. */
  void forgetInterrupt() {
    if (Thread.interrupted() && queue.isWithdrawn(this)) {
      Thread.currentThread().interrupt();
    }
  }
}
