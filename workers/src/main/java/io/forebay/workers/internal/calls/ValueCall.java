package io.forebay.workers.internal.calls;

import io.forebay.Batch;
import io.forebay.Column;
import io.forebay.ColumnWriter;
import io.forebay.OutputOverflowException;
import io.forebay.RowShape;
import io.forebay.ValueFunction;
import io.forebay.slots.CallWriter;
import io.forebay.slots.Slot;
import io.forebay.workers.internal.binding.ValueBinding;

/** Calls a function over values, one after the other, with the crash cursor on each. */
public final class ValueCall extends PooledFunction {
  private final String name;
  private final ValueBinding binding;
  private final ValueFunction<Object, Object> function;
  private final int[] inputs;

  public ValueCall(String name, ValueBinding binding, ValueFunction<Object, Object> function) {
    this.name = name;
    this.binding = binding;
    this.function = function;
    this.inputs = binding.inputColumns();
  }

  @Override
  public void call(Slot slot, int stage, boolean singly) {
    Batch in = input(slot, stage);
    CallWriter out = slot.beginCall(stage, RowShape.SAME);
    Column[] columns = new Column[inputs.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = in.column(inputs[i]);
    }
    ColumnWriter[] writers = new ColumnWriter[binding.outputs().size()];
    for (int i = 0; i < writers.length; i++) {
      writers[i] = out.column(i);
    }
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
