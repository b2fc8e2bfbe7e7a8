package io.forebay.slots;

import io.forebay.columns.BinaryWriter;
import io.forebay.columns.BoolWriter;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Float32Writer;
import io.forebay.columns.Float64ListWriter;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.Int32Writer;
import io.forebay.columns.Int64Writer;
import io.forebay.columns.StringWriter;
import io.forebay.columns.VariableWidthWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The output columns of a stage in one slot and their writers. In each call a column is emptied,
 * and its writer made if its buffers have moved, when it is first asked for.
 */
final class OutputColumns {
  private static final long FEW_BYTES = 512;
  private static final ValueLayout.OfLong UNALIGNED_LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final MemorySegment memory;
  private final ColumnBuffer[] columns;
  private final @Nullable ColumnWriter[] writers;

  /** Of the column's buffers, when the writer was made. */
  private final int[] writerMoves;

  private final int[] writerRows;
  private final boolean[] prepared;

  /** Rows that the columns can have in this call. */
  private int capacity;

  /** Rows that are emptied. */
  private int emptied;

  OutputColumns(MemorySegment memory, ColumnBuffer[] columns) {
    this.memory = memory;
    this.columns = columns;
    this.writers = new ColumnWriter[columns.length];
    this.writerMoves = new int[columns.length];
    this.writerRows = new int[columns.length];
    this.prepared = new boolean[columns.length];
  }

  int size() {
    return columns.length;
  }

  int capacity() {
    return capacity;
  }

  /**
   * Begins a call.
   *
   * @param rows that the columns can have
   * @param atOnce how many of them to empty when a column is first asked for
   */
  void begin(int rows, int atOnce) {
    capacity = rows;
    emptied = atOnce;
    Arrays.fill(prepared, false);
  }

  /** The writer of the whole column. */
  ColumnWriter writer(int index) {
    return writer(index, 0, capacity);
  }

  /** The writer of the whole column; one of variable width takes rows of this window from now. */
  ColumnWriter writer(int index, int from, int count) {
    ColumnWriter writer = prepared[index] ? writers[index] : prepare(index);
    if (writer instanceof VariableWidthWriter variable) {
      variable.window(from, count);
    }
    return Objects.requireNonNull(writer);
  }

  /** A writer of a fixed-width column whose row 0 is row {@code from}. */
  ColumnWriter part(int index, int from, int count) {
    return create(columns[index], from, count);
  }

  private ColumnWriter prepare(int index) {
    ColumnBuffer column = columns[index];
    ColumnWriter writer = writers[index];
    if (writer == null || writerRows[index] != capacity || writerMoves[index] != column.moves) {
      writer = create(column, 0, capacity);
      writers[index] = writer;
      writerRows[index] = capacity;
      writerMoves[index] = column.moves;
    } else if (writer instanceof VariableWidthWriter variable) {
      variable.rewind(0);
      memory.set(SlotLayout.INT, column.offsetsAt, 0);
    }
    empty(column, 0, emptied);
    prepared[index] = true;
    return writer;
  }

  private ColumnWriter create(ColumnBuffer column, int from, int count) {
    long bits = SlotLayout.bitmapBytes(from + (long) count);
    MemorySegment validity =
        column.field.nullable() ? memory.asSlice(column.validityAt, bits) : null;
    if (column.isVariable()) {
      MemorySegment offsets = memory.asSlice(column.offsetsAt, 4L * (count + 1));
      MemorySegment data = memory.asSlice(column.dataAt, column.dataBytes);
      return switch (column.type) {
        case STRING -> new StringWriter(column.field, offsets, data, validity, 0);
        case BINARY -> new BinaryWriter(column.field, offsets, data, validity, 0);
        default -> new Float64ListWriter(column.field, offsets, data, validity, 0);
      };
    }
    if (column.width == 0) {
      MemorySegment data = memory.asSlice(column.dataAt, bits);
      return new BoolWriter(column.field, data, validity, from);
    }
    MemorySegment data =
        memory.asSlice(column.dataAt + (long) column.width * from, (long) column.width * count);
    return switch (column.type) {
      case INT32 -> new Int32Writer(column.field, data, validity, from);
      case FLOAT32 -> new Float32Writer(column.field, data, validity, from);
      case FLOAT64 -> new Float64Writer(column.field, data, validity, from);
      default -> new Int64Writer(column.field, data, validity, from);
    };
  }

  private void empty(ColumnBuffer column, int from, int to) {
    if (column.field.nullable()) {
      Bits.clear(memory, column.validityAt, from, to);
    }
    if (column.width == 0) {
      Bits.clear(memory, column.dataAt, from, to);
    } else if (column.width > 0 && to > from) {
      long at = column.dataAt + (long) column.width * from;
      long bytes = (long) column.width * (to - from);
      if (bytes <= FEW_BYTES) {
        clear(at, bytes);
      } else {
        memory.asSlice(at, bytes).fill((byte) 0);
      }
    }
  }

  /** Cheaper than a slice and its fill. */
  private void clear(long at, long bytes) {
    long end = at + bytes;
    long next = at;
    for (; next + 8 <= end; next += 8) {
      memory.set(UNALIGNED_LONG, next, 0);
    }
    for (; next < end; next++) {
      memory.set(ValueLayout.JAVA_BYTE, next, (byte) 0);
    }
  }

  /** Makes row {@code row} writable where rows are emptied in steps. */
  void reach(int row) {
    if (row >= emptied) {
      int from = emptied;
      emptied = Math.min(capacity, 2 * emptied);
      empty(from);
    }
  }

  /** Empties rows {@code from} on, as far as they were emptied before. */
  private void empty(int from) {
    for (int i = 0; i < columns.length; i++) {
      if (prepared[i]) {
        empty(columns[i], from, emptied);
      }
    }
  }

  /** Where the writers of variable width stand. */
  long[] marks() {
    long[] marks = new long[columns.length];
    for (int i = 0; i < marks.length; i++) {
      if (prepared[i] && writers[i] instanceof VariableWidthWriter variable) {
        marks[i] = variable.mark();
      }
    }
    return marks;
  }

  /** Forgets rows {@code from} on. */
  void rewind(int from, long[] marks) {
    empty(from);
    for (int i = 0; i < columns.length; i++) {
      if (prepared[i] && writers[i] instanceof VariableWidthWriter variable) {
        variable.rewind(marks[i]);
      }
    }
  }

  /** Completes the columns at {@code rows} rows, also those that were not asked for. */
  void finish(int rows) {
    for (int i = 0; i < columns.length; i++) {
      if (writer(i) instanceof VariableWidthWriter variable) {
        variable.finish(rows);
      }
    }
  }
}
