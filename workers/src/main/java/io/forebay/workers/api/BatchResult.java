package io.forebay.workers.api;

import io.forebay.Batch;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A batch that a function was called on. Its columns lie in the slot in which it travelled; closing
 * gives the slot back, and nothing may be read afterwards. One that is never closed keeps its slot,
 * so that the pool has room for one batch less. Belongs to one thread at a time.
 */
public final class BatchResult implements AutoCloseable {
  /**
   * A row that has no result.
   *
   * @param row its place in the batch that was submitted
   * @param reason one sentence
   * @param detail stack trace, or how the workers ended that it has cost; may be empty
   */
  public record RejectedRow(int row, String reason, String detail) {}

  private final Batch batch;
  private final List<RejectedRow> rejected;
  private final int filtered;
  private final long serviceNanos;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  public BatchResult(
      Batch batch, List<RejectedRow> rejected, int filtered, long serviceNanos, Runnable release) {
    this.batch = batch;
    this.rejected = rejected;
    this.filtered = filtered;
    this.serviceNanos = serviceNanos;
    this.release = release;
  }

  /**
   * The rows that the function kept or made, with the columns that were submitted and those that
   * the function added.
   */
  public Batch batch() {
    if (closed.get()) {
      throw new IllegalStateException("the result was closed: its slot holds another batch");
    }
    return batch;
  }

  /** The rows that have no result, ascending. */
  public List<RejectedRow> rejected() {
    return rejected;
  }

  /** How many rows the function left out. */
  public int filtered() {
    return filtered;
  }

  /** Time in the function. */
  public long serviceNanos() {
    return serviceNanos;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
