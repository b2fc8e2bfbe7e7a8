package io.forebay.workers.internal.threads;

import io.forebay.Batch;
import io.forebay.RowShape;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnWriter;
import io.forebay.errors.OutputOverflowException;
import io.forebay.slots.CallWriter;
import io.forebay.slots.Slot;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.functions.RecordMapping;
import io.forebay.workers.internal.binding.ErrorText;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a batch whose function is called row by row. Rows are read and settled by any thread
 * in any order, and written in their order by {@link #write} once all are settled.
 */
final class RowResults {
  /** A record that was not computed. */
  private record Failure(Throwable error) {}

  private final Slot slot;
  private final RecordMapping mapping;
  private final int stage;
  private final Column[] columns;
  private final @Nullable Object[] outcomes;
  private final AtomicInteger unsettled;
  private final long submitted = MonotonicClock.nanos();
  private volatile long began = submitted;

  RowResults(Slot slot, RecordMapping mapping, int stage) {
    Batch view = slot.view(stage);
    this.slot = slot;
    this.mapping = mapping;
    this.stage = stage;
    this.columns = mapping.columns(view);
    this.outcomes = new Object[view.rows()];
    this.unsettled = new AtomicInteger(Math.max(1, outcomes.length));
  }

  int size() {
    return outcomes.length;
  }

  /** The row's record; {@code now} is when its call begins. */
  synchronized Record read(int row, long now) throws Exception {
    if (row == 0) {
      began = now;
    }
    return mapping.read(columns, row);
  }

  /**
   * Settles a row.
   *
   * @param result what the function returned; null if it failed
   * @return whether this was the last one: {@link #write} is next
   */
  boolean settle(int row, @Nullable Object result, @Nullable Throwable error) {
    if (row < outcomes.length) { // A batch without rows is settled once, too.
      outcomes[row] = error == null ? result : new Failure(error);
    }
    return unsettled.decrementAndGet() == 0;
  }

  /** Writes all results; on a thread that alone has the slot. */
  Completion write(String stageName) {
    try {
      CallWriter out = slot.beginCall(stage, RowShape.SAME);
      long service = MonotonicClock.nanos() - began;
      int overflow = writeRows(out);
      if (overflow >= 0) {
        out.overflowed(overflow, service);
      } else {
        out.done(service, -1);
      }
      return new Completion.Done(slot.result(stage), Math.max(0, began - submitted), 0);
    } catch (Throwable e) {
      return new Completion.Lost(
          -1,
          "stage "
              + stageName
              + " lost a batch to "
              + ErrorText.headline(e)
              + " while its results were written: give the process more memory",
          "",
          Completion.Cause.VIRTUAL_MACHINE);
    }
  }

  /** Returns from which row on there is no room, or -1. */
  private int writeRows(CallWriter out) {
    ColumnWriter[] writers = mapping.writers(out);
    for (int row = 0; row < outcomes.length; row++) {
      Throwable error = null;
      if (outcomes[row] instanceof Failure failure) {
        error = failure.error();
      } else {
        try {
          mapping.write(
              (Record) Objects.requireNonNull(outcomes[row], "the function returned null"),
              writers,
              row);
        } catch (OutputOverflowException e) {
          return row;
        } catch (Throwable e) {
          if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
            throw fatal; // No record's fault.
          }
          error = e;
        }
      }
      if (error != null && !mapping.reject(unwrapped(error), out, row)) {
        return row;
      }
    }
    return -1;
  }

  private static Throwable unwrapped(Throwable thrown) {
    Throwable cause = thrown.getCause();
    return thrown instanceof CompletionException && cause != null ? cause : thrown;
  }
}
