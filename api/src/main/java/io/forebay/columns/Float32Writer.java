package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Writes a column of {@link ColumnType#FLOAT32}. */
public final class Float32Writer extends ColumnWriter {
  private final MemorySegment data;

  /**
   * @param data the values, 4 bytes a row
   * @param validity one bit a row where the field is nullable, otherwise null
   * @param firstBit the validity bit of row 0
   */
  public Float32Writer(
      Field field, MemorySegment data, @Nullable MemorySegment validity, long firstBit) {
    super(field, validity, firstBit);
    this.data = data;
  }

  /** Sets the value of the row. */
  public void set(int row, float value) {
    data.setAtIndex(Layouts.FLOAT, row, value);
    setValid(row);
  }

  /**
   * The values where they lie, 4 bytes a row, little endian, for functions that fill many rows at
   * once; rows of a nullable field written so must be marked with {@link #set}.
   */
  public MemorySegment data() {
    return data;
  }
}
