package io.forebay.workers.internal.calls;

import io.forebay.Batch;
import io.forebay.Column;
import io.forebay.ColumnWriter;
import io.forebay.OutputOverflowException;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.slots.CallWriter;
import io.forebay.slots.Slot;
import io.forebay.workers.internal.binding.RecordBinding;

/** Calls a function over records, one after the other, with the crash cursor on each. */
public final class RecordCall extends PooledFunction {
  private final String name;
  private final RecordBinding binding;
  private final RecordFunction<Record, Record> function;

  public RecordCall(String name, RecordBinding binding, RecordFunction<Record, Record> function) {
    this.name = name;
    this.binding = binding;
    this.function = function;
  }

  @Override
  public void call(Slot slot, int stage, boolean singly) {
    Batch in = input(slot, stage);
    CallWriter out = slot.beginCall(stage, RowShape.SAME);
    Column[] columns = binding.columns(in);
    ColumnWriter[] writers = binding.writers(out);
    int rows = in.rows();
    meter.begin();
    for (int row = 0; row < rows; row++) {
      cursor(slot, row);
      checkInterrupt();
      try {
        binding.write(writers, row, function.apply(binding.read(columns, row)));
      } catch (OutputOverflowException e) {
        meter.end();
        out.overflowed(row, meter.serviceNanos());
        return;
      } catch (Throwable e) {
        if (prepareRepeat(e, row)) {
          row--;
          continue;
        }
        if (!BatchCall.reject(name, e, out, row)) {
          meter.end();
          out.overflowed(row, meter.serviceNanos());
          return;
        }
      }
    }
    cursor(slot, -1);
    meter.end();
    done(out);
  }
}
