package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A column of {@link ColumnType#FLOAT64_LIST}: each row is a list of doubles, e.g. a waveform. */
public final class Float64ListColumn extends Column {
  private final MemorySegment offsets;
  private final MemorySegment data;

  /**
   * @param offsets {@code rows + 1} int32, counted in values: row {@code r} is {@code
   *     data[offsets[r], offsets[r+1])}
   * @param data the values, 8 bytes each
   * @param validity see {@link Column}; null where no row is null
   * @param firstBit the validity bit of row 0
   */
  public Float64ListColumn(
      Field field,
      MemorySegment offsets,
      MemorySegment data,
      @Nullable MemorySegment validity,
      long firstBit) {
    super(field, validity, firstBit);
    this.offsets = offsets;
    this.data = data;
  }

  /** How many values the row has; 0 where {@link #isNull}. */
  public int length(int row) {
    return offsets.getAtIndex(Layouts.INT, row + 1L) - offsets.getAtIndex(Layouts.INT, row);
  }

  /** Value {@code index} of the row. */
  public double get(int row, int index) {
    Objects.checkIndex(index, length(row));
    return data.getAtIndex(Layouts.DOUBLE, offsets.getAtIndex(Layouts.INT, row) + (long) index);
  }

  /** The values of the row, copied. */
  public double[] get(int row) {
    return values(row).toArray(Layouts.DOUBLE);
  }

  /** The values of the row where they lie, 8 bytes each, little endian. */
  public MemorySegment values(int row) {
    return data.asSlice(8L * offsets.getAtIndex(Layouts.INT, row), 8L * length(row));
  }

  @Override
  public long valueBytes(int rows) {
    return 8L * (offsets.getAtIndex(Layouts.INT, rows) - offsets.getAtIndex(Layouts.INT, 0));
  }

  @Override
  public Float64ListColumn slice(int from, int rows) {
    return new Float64ListColumn(
        field(), offsets.asSlice(4L * from, 4L * (rows + 1)), data, validity(), firstBit() + from);
  }
}
