package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Writes a column of {@link ColumnType#BINARY}; see {@link ColumnWriter}. */
public final class BinaryWriter extends VariableWidthWriter {
  /**
   * @param offsets {@code rows + 1} int32
   * @param data room for the values
   * @param validity one bit a row where the field is nullable, otherwise null
   * @param firstBit the validity bit of row 0
   */
  public BinaryWriter(
      Field field,
      MemorySegment offsets,
      MemorySegment data,
      @Nullable MemorySegment validity,
      long firstBit) {
    super(field, offsets, data, 1, validity, firstBit);
  }

  /** Sets the row to a copy of {@code bytes}. */
  public void set(int row, byte[] bytes) {
    put(row, MemorySegment.ofArray(bytes), 0, bytes.length);
  }
}
