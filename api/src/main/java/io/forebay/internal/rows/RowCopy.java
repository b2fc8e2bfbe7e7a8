package io.forebay.internal.rows;

import io.forebay.Batch;
import io.forebay.RecordWriter;
import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies rows out of a batch. */
public final class RowCopy {
  private RowCopy() {}

  /** A batch on the heap with these rows of {@code batch}, in this order. */
  public static Batch toHeap(Batch batch, int[] rows) {
    HeapBatchBuilder to = new HeapBatchBuilder(batch.schema(), batch.extras().isPresent());
    for (int row : rows) {
      to.partition(batch.partition(row));
      set(batch, row, to);
      to.append(batch.sequence(row), 0);
    }
    return to.build();
  }

  /** Sets the columns and the extras of a row; the caller appends it. */
  public static void set(Batch batch, int row, RecordWriter to) {
    for (int i = 0; i < batch.schema().size(); i++) {
      Column column = batch.column(i);
      if (!column.isNull(row)) {
        set(column, row, i, to);
      }
    }
    StringColumn extras = batch.extras().orElse(null);
    if (extras != null && !extras.isNull(row)) {
      byte[] utf8 = bytes(extras.utf8(row));
      to.setExtras(utf8, 0, utf8.length);
    }
  }

  private static void set(Column column, int row, int to, RecordWriter writer) {
    switch (column) {
      case BoolColumn values -> writer.setBool(to, values.get(row));
      case Int32Column values -> writer.setLong(to, values.get(row));
      case Int64Column values -> writer.setLong(to, values.get(row));
      case Float32Column values -> writer.setDouble(to, values.get(row));
      case Float64Column values -> writer.setDouble(to, values.get(row));
      case StringColumn values -> {
        byte[] utf8 = bytes(values.utf8(row));
        writer.setString(to, utf8, 0, utf8.length);
      }
      case BinaryColumn values -> {
        byte[] bytes = values.get(row);
        writer.setBinary(to, bytes, 0, bytes.length);
      }
      case Float64ListColumn values -> {
        double[] numbers = values.get(row);
        writer.setDoubles(to, numbers, 0, numbers.length);
      }
    }
  }

  private static byte[] bytes(MemorySegment memory) {
    return memory.toArray(ValueLayout.JAVA_BYTE);
  }
}
