package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A column of {@link ColumnType#FLOAT64}. */
public final class Float64Column extends Column implements NumberColumn {
  private final MemorySegment data;

  /**
   * @param data the values, 8 bytes a row
   * @param validity see {@link Column}; null where no row is null
   * @param firstBit the validity bit of row 0
   */
  public Float64Column(
      Field field, MemorySegment data, @Nullable MemorySegment validity, long firstBit) {
    super(field, validity, firstBit);
    this.data = data;
  }

  /** The value of the row; of no meaning where {@link #isNull}. */
  public double get(int row) {
    return data.getAtIndex(Layouts.DOUBLE, row);
  }

  @Override
  public double asDouble(int row) {
    return get(row);
  }

  /** The values where they lie, 8 bytes a row, little endian. */
  public MemorySegment data() {
    return data;
  }

  @Override
  public Float64Column slice(int from, int rows) {
    return new Float64Column(
        field(), data.asSlice(8L * from, 8L * rows), validity(), firstBit() + from);
  }
}
