package io.forebay.slots;

import io.forebay.BatchWriter;
import io.forebay.RowShape;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.VariableWidthWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes the outputs of some rows of a batch, counted from the first of them. */
final class PartWriter implements BatchWriter {
  private final CallWriter call;
  private final OutputColumns columns;
  private final boolean emits;
  private final int from;
  private final int rows;
  private final @Nullable ColumnWriter[] fixed;

  PartWriter(CallWriter call, OutputColumns columns, RowShape shape, int from, int rows) {
    this.call = call;
    this.columns = columns;
    this.emits = shape == RowShape.ANY;
    this.from = from;
    this.rows = rows;
    this.fixed = new ColumnWriter[columns.size()];
  }

  @Override
  public ColumnWriter column(int index) {
    if (emits) {
      // Output rows are counted through the whole call.
      return columns.writer(index);
    }
    ColumnWriter whole = columns.writer(index, from, rows);
    if (whole instanceof VariableWidthWriter) {
      return whole;
    }
    ColumnWriter writer = fixed[index];
    if (writer == null) {
      writer = columns.part(index, from, rows);
      fixed[index] = writer;
    }
    return writer;
  }

  @Override
  public ColumnWriter column(String name) {
    return column(call.index(name));
  }

  @Override
  public void reject(int row, String reason) {
    call.reject(from + Objects.checkIndex(row, rows), row, reason, "");
  }

  @Override
  public void filter(int row) {
    call.filter(from + Objects.checkIndex(row, rows));
  }

  @Override
  public int emit(int row) {
    return call.emit(from + Objects.checkIndex(row, rows));
  }
}
