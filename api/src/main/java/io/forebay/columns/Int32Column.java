package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A column of {@link ColumnType#INT32}. */
public final class Int32Column extends Column implements NumberColumn {
  private final MemorySegment data;

  /**
   * @param data the values, 4 bytes a row
   * @param validity see {@link Column}; null where no row is null
   * @param firstBit the validity bit of row 0
   */
  public Int32Column(
      Field field, MemorySegment data, @Nullable MemorySegment validity, long firstBit) {
    super(field, validity, firstBit);
    this.data = data;
  }

  /** The value of the row; of no meaning where {@link #isNull}. */
  public int get(int row) {
    return data.getAtIndex(Layouts.INT, row);
  }

  @Override
  public double asDouble(int row) {
    return get(row);
  }

  /** The values where they lie, 4 bytes a row, little endian. */
  public MemorySegment data() {
    return data;
  }

  @Override
  public Int32Column slice(int from, int rows) {
    return new Int32Column(
        field(), data.asSlice(4L * from, 4L * rows), validity(), firstBit() + from);
  }
}
