package io.forebay.workers;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.slots.Slot;
import io.forebay.workers.api.BatchFill;
import io.forebay.workers.api.BatchResult;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.internal.pools.CallFuture;
import io.forebay.workers.internal.pools.SlotCall;
import io.forebay.workers.internal.pools.SlotRows;
import io.forebay.workers.internal.pools.StandalonePool;
import io.forebay.workers.internal.pools.SubmittedBatch;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Calls a named function on batches, in columns, on several workers: processes or threads. Made by
 * {@link Pools#batches}. Thread-safe.
 *
 * <p>A batch is written once, into memory that all workers share; the worker writes its output
 * columns beside it, and they are read there. So at most {@code inFlight} batches exist at once, in
 * work or not closed yet; one more blocks, is rejected, or waits, as {@link PoolBuilder#whenFull}
 * says.
 */
public final class BatchPool implements AutoCloseable {
  /** The most rows of a batch, where the slot has room for so many. */
  private static final int MOST_ROWS = 1 << 20;

  private final StandalonePool pool;

  BatchPool(StandalonePool pool) {
    this.pool = pool;
  }

  /**
   * Submits the rows that {@code fill} writes.
   *
   * <p>The future completes with the result, which is to be closed, or exceptionally with a {@link
   * CallException}. {@code cancel(true)} stops the call even if it runs: its worker process is
   * killed and replaced; a thread is interrupted.
   *
   * @throws CallException if the batch has no room for the rows
   * @throws java.util.concurrent.RejectedExecutionException if the pool is closed; if it is full
   *     and its policy says so; if the thread is interrupted while it waits for room
   */
  public CompletableFuture<BatchResult> submit(BatchFill fill) {
    return submit(rows -> fill.fill(rows), MOST_ROWS);
  }

  /** Submits a copy of the rows of a batch that has the pool's columns, as {@link #submit}. */
  public CompletableFuture<BatchResult> submit(Batch batch) {
    return submit(rows -> rows.copy(batch), Math.max(1, batch.rows()));
  }

  private interface Filling {
    void fill(SlotRows rows);
  }

  private CompletableFuture<BatchResult> submit(Filling fill, int mostRows) {
    long deadline = pool.settings.deadlineNanos();
    long began = MonotonicClock.nanos();
    Slot slot = pool.take(deadline);
    if (slot == null) {
      return CompletableFuture.failedFuture(pool.late());
    }
    boolean filled = false;
    try {
      slot.format(mostRows, 0);
      fill.fill(new SlotRows(pool.function.input(), pool.settings.extras(), slot, pool.row(slot)));
      filled = true;
    } finally {
      if (!filled) {
        pool.give(slot);
      }
    }
    SubmittedBatch batch = new SubmittedBatch(pool, slot);
    return CallFuture.begin(
        new SlotCall(pool, slot, batch),
        batch::result,
        BatchResult::close,
        deadline == Long.MAX_VALUE ? deadline : deadline - (MonotonicClock.nanos() - began));
  }

  /** The columns that are submitted. */
  public Schema input() {
    return pool.function.input();
  }

  /** The columns that the function adds or replaces. */
  public Schema outputs() {
    return pool.function.outputs();
  }

  /** What the workers do now. */
  public PoolSnapshot snapshot() {
    return pool.workers().snapshot();
  }

  /**
   * Takes no more batches, waits for those in flight, up to a deadline, and ends the workers.
   * Results that are not closed by then cannot be read any more.
   */
  public void close(Duration deadline) {
    pool.close(deadline);
  }

  /** As {@link #close(Duration)}, with the builder's {@link PoolBuilder#closeWithin}. */
  @Override
  public void close() {
    pool.close(pool.settings.closeWithin());
  }

  StandalonePool pool() {
    return pool;
  }
}
