package io.forebay;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Writes a column whose rows differ in size: appends to {@code data} and notes in {@code offsets}
 * where each row ends. Rows come in ascending order; rows that are left out are null or empty.
 */
public abstract sealed class VariableWidthWriter extends ColumnWriter
    permits StringWriter, BinaryWriter, Float64ListWriter {
  private final MemorySegment offsets;
  private final MemorySegment data;
  private final int unit;
  private int nextRow;
  private int end;

  VariableWidthWriter(
      Field field,
      MemorySegment offsets,
      MemorySegment data,
      int unit,
      @Nullable MemorySegment validity,
      long firstBit) {
    super(field, validity, firstBit);
    this.offsets = offsets;
    this.data = data;
    this.unit = unit;
    offsets.setAtIndex(Layouts.INT, 0, 0);
  }

  @Override
  public void setNull(int row) {
    super.setNull(row);
    closeRows(row);
    closeRow();
  }

  /** Where this writer stands, for {@link #rewind}. */
  public final long mark() {
    return ((long) nextRow << 32) | end;
  }

  /** Forgets all rows that were written since {@code mark} was taken. */
  public final void rewind(long mark) {
    nextRow = (int) (mark >>> 32);
    end = (int) mark;
  }

  /**
   * Completes the column at {@code rows} rows; the engine calls it after the function has returned.
   *
   * @return how many bytes of data the column has
   */
  public final long finish(int rows) {
    closeRows(rows);
    return (long) end * unit;
  }

  /** Copies {@code length} units of {@code source} in as the value of {@code row}. */
  final void put(int row, MemorySegment source, long byteOffset, int length) {
    closeRows(row);
    long at = (long) end * unit;
    long bytes = (long) length * unit;
    if (at + bytes > data.byteSize()) {
      throw new OutputOverflowException(field().name(), row);
    }
    MemorySegment.copy(source, byteOffset, data, at, bytes);
    end += length;
    setValid(row);
    closeRow();
  }

  private void closeRows(int row) {
    if (row < nextRow) {
      throw new IllegalStateException(
          "output column '"
              + field().name()
              + "' takes rows in ascending order, but row "
              + row
              + " came after row "
              + (nextRow - 1));
    }
    while (nextRow < row) {
      closeRow();
    }
  }

  private void closeRow() {
    nextRow++;
    offsets.setAtIndex(Layouts.INT, nextRow, end);
  }
}
