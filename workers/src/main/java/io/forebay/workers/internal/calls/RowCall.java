package io.forebay.workers.internal.calls;

import io.forebay.Batch;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.ValueFunction;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnWriter;
import io.forebay.errors.OutputOverflowException;
import io.forebay.slots.CallWriter;
import io.forebay.slots.Slot;
import io.forebay.workers.internal.binding.RecordBinding;
import io.forebay.workers.internal.binding.ValueBinding;
import java.util.ArrayList;
import java.util.List;

/** Calls a function over records or values, one after the other, with the crash cursor on each. */
public final class RowCall extends PooledFunction {
  /** More than any slot holds: beyond this a record counts as one that does not fit. */
  private static final int MOST_HELD = 1 << 20;

  /** The function, bound to the columns of one call. */
  private interface Rows {
    void call(int row) throws Exception;
  }

  private interface Binding {
    Rows bind(Batch in, CallWriter out);
  }

  private final String name;
  private final RowShape shape;
  private final Binding binding;

  private RowCall(String name, RowShape shape, Binding binding) {
    this.name = name;
    this.shape = shape;
    this.binding = binding;
  }

  /** A function that makes one record of each. */
  public static RowCall ofRecords(
      String name, RecordBinding binding, RecordFunction<Record, Record> function) {
    return new RowCall(
        name,
        RowShape.SAME,
        (in, out) -> {
          Column[] columns = binding.columns(in);
          ColumnWriter[] writers = binding.writers(out);
          return row -> binding.write(writers, row, function.apply(binding.read(columns, row)));
        });
  }

  /** A function over values. */
  public static RowCall ofValues(
      String name, ValueBinding binding, ValueFunction<Object, Object> function) {
    int[] inputs = binding.inputColumns();
    return new RowCall(
        name,
        RowShape.SAME,
        (in, out) -> {
          Column[] columns = new Column[inputs.length];
          for (int i = 0; i < columns.length; i++) {
            columns[i] = in.column(inputs[i]);
          }
          ColumnWriter[] writers = new ColumnWriter[binding.outputs().size()];
          for (int i = 0; i < writers.length; i++) {
            writers[i] = out.column(i);
          }
          return row -> binding.write(writers, row, function.apply(binding.read(columns, row)));
        });
  }

  /**
   * A function that makes any number of records of one. What a record makes is written once the
   * function has returned, so that a record which throws halfway leaves nothing behind.
   */
  public static RowCall ofExpander(
      String name, RecordBinding binding, RecordExpander<Record, Record> function) {
    return new RowCall(
        name,
        RowShape.ANY,
        (in, out) -> {
          Column[] columns = binding.columns(in);
          ColumnWriter[] writers = binding.writers(out);
          List<Record> made = new ArrayList<>();
          return row -> {
            made.clear();
            function.apply(binding.read(columns, row), record -> hold(made, record));
            for (int i = 0; i < made.size(); i++) {
              binding.write(writers, out.emit(row), made.get(i));
            }
          };
        });
  }

  private static void hold(List<Record> made, Record record) {
    if (made.size() == MOST_HELD) {
      throw new OutputOverflowException("(rows)", 0);
    }
    made.add(record);
  }

  @Override
  public void call(Slot slot, int stage, boolean singly) {
    Batch in = input(slot, stage);
    CallWriter out = slot.beginCall(stage, shape);
    Rows function = binding.bind(in, out);
    int rows = in.rows();
    meter.begin();
    for (int row = 0; row < rows; row++) {
      cursor(slot, row);
      checkInterrupt();
      try {
        function.call(row);
      } catch (OutputOverflowException e) {
        overflowed(out, row);
        return;
      } catch (Throwable e) {
        if (prepareRepeat(e, row)) {
          row--;
        } else if (!BatchCall.reject(name, e, out, row)) {
          overflowed(out, row);
          return;
        }
      }
    }
    cursor(slot, -1);
    meter.end();
    done(out);
  }

  private void overflowed(CallWriter out, int row) {
    meter.end();
    out.overflowed(row, meter.serviceNanos());
  }
}
