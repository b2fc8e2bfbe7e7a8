package io.forebay.slots;

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

/** Makes the columns that functions and sinks read of the buffers of a slot. */
final class ColumnView {
  private ColumnView() {}

  /**
   * The first {@code rows} rows of a column.
   *
   * @param memory the slot, read-only
   * @param attached whether offsets are read from the slot; otherwise they are on the heap
   */
  static Column of(ColumnBuffer column, MemorySegment memory, int rows, boolean attached) {
    MemorySegment validity =
        column.nulls ? memory.asSlice(column.validityAt, SlotLayout.bitmapBytes(rows)) : null;
    if (!column.isVariable()) {
      long bytes = column.width == 0 ? SlotLayout.bitmapBytes(rows) : (long) column.width * rows;
      MemorySegment data = memory.asSlice(column.dataAt, bytes);
      return switch (column.type) {
        case BOOL -> new BoolColumn(column.field, data, validity, 0);
        case INT32 -> new Int32Column(column.field, data, validity, 0);
        case FLOAT32 -> new Float32Column(column.field, data, validity, 0);
        case FLOAT64 -> new Float64Column(column.field, data, validity, 0);
        default -> new Int64Column(column.field, data, validity, 0);
      };
    }
    MemorySegment data = memory.asSlice(column.dataAt, column.dataBytes);
    if (column.isDictionary()) {
      int ends = column.entries + 1;
      return StringColumn.dictionary(
          column.field,
          attached ? ints(memory, column.offsetsAt, rows) : ints(column.offsets, rows),
          attached ? ints(memory, column.dictionaryAt, ends) : ints(column.entryOffsets, ends),
          data,
          column.entries,
          validity,
          0);
    }
    MemorySegment offsets =
        attached ? ints(memory, column.offsetsAt, rows + 1) : ints(column.offsets, rows + 1);
    return switch (column.type) {
      case STRING -> StringColumn.plain(column.field, offsets, data, validity, 0);
      case BINARY -> new BinaryColumn(column.field, offsets, data, validity, 0);
      default -> new Float64ListColumn(column.field, offsets, data, validity, 0);
    };
  }

  private static MemorySegment ints(MemorySegment memory, int at, int count) {
    return memory.asSlice(at, 4L * count);
  }

  private static MemorySegment ints(int[] heap, int count) {
    return MemorySegment.ofArray(heap).asSlice(0, 4L * count);
  }
}
