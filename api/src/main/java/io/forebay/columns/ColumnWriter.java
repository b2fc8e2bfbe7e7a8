package io.forebay.columns;

import io.forebay.errors.OutputOverflowException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Writes one output column of a batch where it lies. A row that is never written is null where the
 * field is nullable, and otherwise 0, false or empty.
 *
 * <p>Writers of fixed-width columns take rows in any order. Writers of strings, binaries and lists
 * take rows in ascending order, each at most once, and throw {@link OutputOverflowException} where
 * the batch's memory is full: let it pass, the engine then tries again with fewer rows.
 */
public abstract sealed class ColumnWriter
    permits BoolWriter,
        Int32Writer,
        Int64Writer,
        Float32Writer,
        Float64Writer,
        VariableWidthWriter {
  private final Field field;
  private final @Nullable MemorySegment validity;
  private final long firstBit;

  ColumnWriter(Field field, @Nullable MemorySegment validity, long firstBit) {
    this.field = field;
    this.validity = validity;
    this.firstBit = firstBit;
  }

  /** The name and type. */
  public final Field field() {
    return field;
  }

  /**
   * Leaves the row without a value.
   *
   * @throws IllegalStateException if the field is not nullable
   */
  public void setNull(int row) {
    if (validity == null) {
      throw new IllegalStateException(
          "output column '"
              + field.name()
              + "' is not nullable, but row "
              + row
              + " was set to null");
    }
    Layouts.setBit(validity, firstBit + row, false);
  }

  /** Marks the row as having a value. */
  final void setValid(int row) {
    if (validity != null) {
      Layouts.setBit(validity, firstBit + row, true);
    }
  }

  final long firstBit() {
    return firstBit;
  }
}
