package io.forebay.columns;

import io.forebay.errors.UnpairedSurrogateException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Writes a column of {@link ColumnType#STRING}; see {@link ColumnWriter}. */
public final class StringWriter extends VariableWidthWriter {
  /**
   * @param offsets {@code rows + 1} int32
   * @param data room for the values
   * @param validity one bit a row where the field is nullable, otherwise null
   * @param firstBit the validity bit of row 0
   */
  public StringWriter(
      Field field,
      MemorySegment offsets,
      MemorySegment data,
      @Nullable MemorySegment validity,
      long firstBit) {
    super(field, offsets, data, 1, validity, firstBit);
  }

  /**
   * Sets the text of the row.
   *
   * @throws UnpairedSurrogateException if it has half a character: let it pass, the engine rejects
   *     the record
   */
  public void set(int row, String text) {
    byte[] utf8 = UnpairedSurrogateException.utf8(text, field().name());
    put(row, MemorySegment.ofArray(utf8), 0, utf8.length);
  }

  /** Sets the text of the row to a copy of {@code utf8}, which must be valid UTF-8. */
  public void set(int row, MemorySegment utf8) {
    put(row, utf8, 0, Math.toIntExact(utf8.byteSize()));
  }
}
