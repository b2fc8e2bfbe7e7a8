package io.forebay.workers.internal.calls;

import io.forebay.Batch;
import io.forebay.Column;
import io.forebay.ColumnWriter;
import io.forebay.OutputOverflowException;
import io.forebay.RecordExpander;
import io.forebay.RowShape;
import io.forebay.slots.CallWriter;
import io.forebay.slots.Slot;
import io.forebay.workers.internal.binding.RecordBinding;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls a function that makes any number of records of one. What a record makes is written once the
 * function has returned, so that a record which throws halfway leaves nothing behind.
 */
public final class ExpanderCall extends PooledFunction {
  /** More than any slot holds: beyond this a record counts as one that does not fit. */
  private static final int MOST_HELD = 1 << 20;

  private final String name;
  private final RecordBinding binding;
  private final RecordExpander<Record, Record> function;
  private final List<Record> made = new ArrayList<>();

  public ExpanderCall(String name, RecordBinding binding, RecordExpander<Record, Record> function) {
    this.name = name;
    this.binding = binding;
    this.function = function;
  }

  @Override
  public void call(Slot slot, int stage, boolean singly) {
    Batch in = input(slot, stage);
    CallWriter out = slot.beginCall(stage, RowShape.ANY);
    Column[] columns = binding.columns(in);
    ColumnWriter[] writers = binding.writers(out);
    int rows = in.rows();
    meter.begin();
    for (int row = 0; row < rows; row++) {
      cursor(slot, row);
      checkInterrupt();
      try {
        made.clear();
        function.apply(binding.read(columns, row), this::hold);
        for (int i = 0; i < made.size(); i++) {
          binding.write(writers, out.emit(row), made.get(i));
        }
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
    made.clear();
    cursor(slot, -1);
    meter.end();
    done(out);
  }

  private void hold(Record record) {
    if (made.size() == MOST_HELD) {
      throw new OutputOverflowException("(rows)", 0);
    }
    made.add(record);
  }
}
