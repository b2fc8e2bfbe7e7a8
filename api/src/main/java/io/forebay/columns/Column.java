package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A column of a batch, in the Apache Arrow physical layout, read where it lies.
 *
 * <p>A column is valid only during the call that received its batch: its memory is used again for
 * another batch afterwards. Reading is not synchronized; a batch belongs to one thread at a time.
 * An index outside {@code 0 <= row < rows} throws {@link IndexOutOfBoundsException} or reads a
 * value of no meaning, never memory outside of the batch.
 *
 * @see <a href="https://arrow.apache.org/docs/format/Columnar.html">Arrow columnar format</a>
 */
public abstract sealed class Column
    permits BoolColumn,
        Int32Column,
        Int64Column,
        Float32Column,
        Float64Column,
        StringColumn,
        BinaryColumn,
        Float64ListColumn {
  private final Field field;
  private final @Nullable MemorySegment validity;
  private final long firstBit;

  /**
   * @param validity one bit a row, least significant first, 1 = has a value; null where no row is
   *     null
   * @param firstBit the bit of row 0, for slices
   */
  Column(Field field, @Nullable MemorySegment validity, long firstBit) {
    this.field = field;
    this.validity = validity;
    this.firstBit = firstBit;
  }

  /** The name and type. */
  public final Field field() {
    return field;
  }

  /** Whether any row of the column might be null: false allows to skip the question. */
  public final boolean mayHaveNulls() {
    return validity != null;
  }

  /**
   * How many bytes the values of the first rows have: the width of the type for each row, 1 for a
   * bool; of variable width what they hold. Rows without a value count as much as one of no length.
   */
  public long valueBytes(int rows) {
    return (long) rows * Math.max(1, field.type().width());
  }

  /** Whether the row has no value. */
  public final boolean isNull(int row) {
    return validity != null && !Layouts.bit(validity, firstBit + row);
  }

  /** The same column from row {@code from}, {@code rows} long; nothing is copied. */
  public abstract Column slice(int from, int rows);

  final @Nullable MemorySegment validity() {
    return validity;
  }

  final long firstBit() {
    return firstBit;
  }
}
