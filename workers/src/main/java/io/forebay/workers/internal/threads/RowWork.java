package io.forebay.workers.internal.threads;

import io.forebay.RecordFunction;
import io.forebay.slots.Slot;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.functions.RecordMapping;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.binding.FunctionClass;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Calls a function on one row at a time, from many threads at once. Functions may leave the
 * interrupt flag of their thread set and throw what they like: it concerns their record only.
 */
final class RowWork {
  static {
    ErrorText.endAt(RowWork.class);
  }

  private final String name;
  private final RecordMapping mapping;
  private final int stage;
  private final RecordFunction<Record, Record> function;
  private final LongAdder busyNanos = new LongAdder();

  @SuppressWarnings("unchecked") // The binding has checked the type arguments.
  RowWork(String name, RecordMapping mapping, int stage) {
    this.name = name;
    this.mapping = mapping;
    this.stage = stage;
    this.function = (RecordFunction<Record, Record>) mapping.newInstance();
  }

  RowResults results(Slot slot) {
    return new RowResults(slot, mapping, stage);
  }

  /** Calls the function on a row of a call; what the call has come to if it was the last one. */
  @Nullable Completion call(CallQueue calls, LocalCall call, int row) {
    RowResults rows = Objects.requireNonNull(call.rows);
    long began = MonotonicClock.nanos();
    Object result = null;
    Throwable error = null;
    try {
      Record input = rows.read(row, began);
      call.forgetInterrupt();
      result = function.apply(input);
    } catch (Throwable e) {
      if (calls.isWithdrawn(call)) {
        return null; // The record is not to blame.
      }
      error = e;
    } finally {
      busyNanos.add(MonotonicClock.nanos() - began);
    }
    return rows.settle(row, result, error) ? rows.write(name) : null;
  }

  long busyNanos() {
    return busyNanos.sum();
  }

  /** Nothing is called any more. */
  void close() {
    FunctionClass.closeQuietly(function);
  }
}
