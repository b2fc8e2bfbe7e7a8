package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A column of {@link ColumnType#BOOL}, one bit a row, least significant bit first. */
public final class BoolColumn extends Column {
  private final MemorySegment data;
  private final long firstDataBit;

  /**
   * @param data the values, one bit a row
   * @param validity see {@link Column}; null where no row is null
   * @param firstBit the bit of row 0, in {@code data} and in {@code validity}
   */
  public BoolColumn(
      Field field, MemorySegment data, @Nullable MemorySegment validity, long firstBit) {
    super(field, validity, firstBit);
    this.data = data;
    this.firstDataBit = firstBit;
  }

  /** The value of the row; of no meaning where {@link #isNull}. */
  public boolean get(int row) {
    return Layouts.bit(data, firstDataBit + row);
  }

  /** The bits where they lie; the bit of row 0 is {@link #firstDataBit}. */
  public MemorySegment data() {
    return data;
  }

  /** The bit of row 0 in {@link #data}. */
  public long firstDataBit() {
    return firstDataBit;
  }

  @Override
  public BoolColumn slice(int from, int rows) {
    return new BoolColumn(field(), data, validity(), firstDataBit + from);
  }
}
