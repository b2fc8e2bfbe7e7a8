package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Writes a column of {@link ColumnType#FLOAT64_LIST}; see {@link ColumnWriter}. */
public final class Float64ListWriter extends VariableWidthWriter {
  /**
   * @param offsets {@code rows + 1} int32
   * @param data room for the values
   * @param validity one bit a row where the field is nullable, otherwise null
   * @param firstBit the validity bit of row 0
   */
  public Float64ListWriter(
      Field field,
      MemorySegment offsets,
      MemorySegment data,
      @Nullable MemorySegment validity,
      long firstBit) {
    super(field, offsets, data, 8, validity, firstBit);
  }

  /** Sets the row to a copy of {@code values}. */
  public void set(int row, double[] values) {
    put(row, MemorySegment.ofArray(values), 0, values.length);
  }

  /** Sets the row to a copy of {@code values}, 8 bytes each, little endian. */
  public void set(int row, MemorySegment values) {
    put(row, values, 0, Math.toIntExact(values.byteSize() / 8));
  }
}
