package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.OutputOverflowException;
import io.forebay.RowShape;
import io.forebay.slots.CallWriter;
import io.forebay.workers.Completion;
import io.forebay.workers.RecordMapping;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One batch in a stage that calls its function record by record. Records are read by one thread at
 * a time, settled by any thread in any order, and written in the order of the rows by {@link
 * #write} once all are settled.
 */
final class RecordCalls {
  /** A record that was not computed. */
  private record Failure(Throwable error) {}

  private final InFlightBatch batch;
  private final RecordMapping mapping;
  private final int stage;
  private final Batch view;
  private final @Nullable Object[] outcomes;
  private final AtomicInteger unsettled;
  private final long submittedAt;
  private long begunAt;
  private int next;

  RecordCalls(InFlightBatch batch, RecordMapping mapping, int stage, long now) {
    this.batch = batch;
    this.mapping = mapping;
    this.stage = stage;
    this.view = batch.slot.view(stage);
    this.outcomes = new Object[view.rows()];
    this.unsettled = new AtomicInteger(outcomes.length);
    this.submittedAt = now;
  }

  /** Whether there are records that nobody has begun. */
  boolean hasNext() {
    return next < outcomes.length;
  }

  /** Begins the next record: its row. */
  int begin(long now) {
    if (next == 0) {
      begunAt = now;
    }
    return next++;
  }

  InFlightBatch batch() {
    return batch;
  }

  Record read(int row) throws Exception {
    return mapping.read(view, row);
  }

  /**
   * Settles a record.
   *
   * @param result what the function returned; null if it failed
   * @return whether this was the last one: {@link #write} is next
   */
  boolean settle(int row, @Nullable Object result, @Nullable Throwable error) {
    outcomes[row] = error == null ? result : new Failure(error);
    return unsettled.decrementAndGet() == 0;
  }

  /** Writes all results; on a thread that owns the batch now. */
  Completion write(long now) {
    CallWriter out = batch.slot.beginCall(stage, RowShape.SAME);
    long service = now - begunAt;
    int overflow = writeRows(out);
    if (overflow >= 0) {
      out.overflowed(overflow, service);
    } else {
      out.done(service, -1);
    }
    return new Completion.Done(batch.slot.result(stage), begunAt - submittedAt, 0);
  }

  private int writeRows(CallWriter out) {
    for (int row = 0; row < outcomes.length; row++) {
      if (outcomes[row] instanceof Failure(Throwable error)) {
        if (!reject(out, row, error)) {
          return row;
        }
        continue;
      }
      try {
        mapping.write(
            (Record) Objects.requireNonNull(outcomes[row], "the function returned null"), out, row);
      } catch (OutputOverflowException e) {
        return row;
      } catch (Throwable e) {
        if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
          throw fatal; // No record's fault.
        }
        if (!reject(out, row, e)) {
          return row;
        }
      }
    }
    return -1;
  }

  private boolean reject(CallWriter out, int row, Throwable thrown) {
    Throwable error =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    return mapping.reject(error, out, row);
  }
}
