package io.forebay.columns;

import io.forebay.errors.OutputOverflowException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
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
  private int firstRow;
  private int windowRows;
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
    this.windowRows = Math.toIntExact(offsets.byteSize() / 4 - 1);
    offsets.setAtIndex(Layouts.INT, 0, 0);
  }

  @Override
  public void setNull(int row) {
    int at = firstRow + Objects.checkIndex(row, windowRows);
    super.setNull(at);
    closeRows(at);
    closeRow();
  }

  /**
   * From now on rows are counted from {@code from} of the column and are fewer than {@code rows};
   * for functions that are called again with a part of their batch.
   */
  public final void window(int from, int rows) {
    firstRow = from;
    windowRows = rows;
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
    int column = firstRow + Objects.checkIndex(row, windowRows);
    closeRows(column);
    long at = (long) end * unit;
    long bytes = (long) length * unit;
    if (at + bytes > data.byteSize()) {
      throw new OutputOverflowException(field().name(), row);
    }
    MemorySegment.copy(source, byteOffset, data, at, bytes);
    end += length;
    setValid(column);
    closeRow();
  }

  private void closeRows(int row) {
    if (row < nextRow) {
      throw new IllegalStateException(
          "output column '"
              + field().name()
              + "' takes rows in ascending order, but row "
              + (row - firstRow)
              + " came after row "
              + (nextRow - 1 - firstRow));
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
