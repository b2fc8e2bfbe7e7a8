package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Writes a column of {@link ColumnType#BOOL}. */
public final class BoolWriter extends ColumnWriter {
  private final MemorySegment data;

  /**
   * @param data the values, one bit a row
   * @param validity one bit a row where the field is nullable, otherwise null
   * @param firstBit the bit of row 0, in {@code data} and in {@code validity}
   */
  public BoolWriter(
      Field field, MemorySegment data, @Nullable MemorySegment validity, long firstBit) {
    super(field, validity, firstBit);
    this.data = data;
  }

  /** Sets the value of the row. */
  public void set(int row, boolean value) {
    Layouts.setBit(data, firstBit() + row, value);
    setValid(row);
  }
}
