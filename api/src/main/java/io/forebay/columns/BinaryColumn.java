package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** A column of {@link ColumnType#BINARY}. */
public final class BinaryColumn extends Column {
  private final MemorySegment offsets;
  private final MemorySegment data;

  /**
   * @param offsets {@code rows + 1} int32: row {@code r} is {@code data[offsets[r], offsets[r+1])}
   * @param validity see {@link Column}; null where no row is null
   * @param firstBit the validity bit of row 0
   */
  public BinaryColumn(
      Field field,
      MemorySegment offsets,
      MemorySegment data,
      @Nullable MemorySegment validity,
      long firstBit) {
    super(field, validity, firstBit);
    this.offsets = offsets;
    this.data = data;
  }

  /** The bytes of the row, copied; empty where {@link #isNull}. */
  public byte[] get(int row) {
    return bytes(row).toArray(ValueLayout.JAVA_BYTE);
  }

  /** The bytes of the row where they lie. */
  public MemorySegment bytes(int row) {
    int from = offsets.getAtIndex(Layouts.INT, row);
    return data.asSlice(from, offsets.getAtIndex(Layouts.INT, row + 1L) - from);
  }

  /** How many bytes the row has. */
  public int length(int row) {
    return offsets.getAtIndex(Layouts.INT, row + 1L) - offsets.getAtIndex(Layouts.INT, row);
  }

  @Override
  public long valueBytes(int rows) {
    return (long) offsets.getAtIndex(Layouts.INT, rows) - offsets.getAtIndex(Layouts.INT, 0);
  }

  @Override
  public BinaryColumn slice(int from, int rows) {
    return new BinaryColumn(
        field(), offsets.asSlice(4L * from, 4L * (rows + 1)), data, validity(), firstBit() + from);
  }
}
