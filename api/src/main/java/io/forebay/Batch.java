package io.forebay;

import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.NumberColumn;
import io.forebay.columns.StringColumn;
import io.forebay.errors.ConfigurationException;
import java.util.Optional;

/**
 * Rows of one schema, column by column. A batch lies in memory that is used again for another batch
 * as soon as the call that received it returns: copy what has to outlive the call. A batch belongs
 * to one thread at a time.
 */
public interface Batch {
  /** The columns, in order. */
  Schema schema();

  /** How many rows there are; may be 0. */
  int rows();

  /** The column at {@code index} of {@link #schema}. */
  Column column(int index);

  /** Rows {@code from} to {@code to} (exclusive) of this batch; nothing is copied. */
  Batch slice(int from, int to);

  /**
   * The members of JSON records that no field declares, as JSON text without the braces ({@code
   * "unit":"C","room":7}); null rows have none. Absent where the sources carry none.
   */
  Optional<StringColumn> extras();

  /** How many bytes its values have, extras as well; see {@link Column#valueBytes}. */
  default long valueBytes() {
    long bytes = 0;
    for (int i = 0; i < schema().size(); i++) {
      bytes += column(i).valueBytes(rows());
    }
    return bytes + extras().map(column -> column.valueBytes(rows())).orElse(0L);
  }

  /** The source of the row: an index into {@link SinkContext#partitions}. */
  int partition(int row);

  /** The row's {@link Position#sequence} in its partition. */
  long sequence(int row);

  /**
   * The column of that name.
   *
   * @throws ConfigurationException if there is none
   */
  default Column column(String name) {
    int index = schema().indexOf(name);
    if (index < 0) {
      schema().field(name);
    }
    return column(index);
  }

  /** The bool column of that name. */
  default BoolColumn bool(String name) {
    return cast(name, BoolColumn.class);
  }

  /** The int32 column of that name. */
  default Int32Column int32(String name) {
    return cast(name, Int32Column.class);
  }

  /** The int64 or timestamp column of that name. */
  default Int64Column int64(String name) {
    return cast(name, Int64Column.class);
  }

  /** The float32 column of that name. */
  default Float32Column float32(String name) {
    return cast(name, Float32Column.class);
  }

  /** The float64 column of that name. */
  default Float64Column float64(String name) {
    return cast(name, Float64Column.class);
  }

  /** The column of that name, whatever its numeric type. */
  default NumberColumn number(String name) {
    return cast(name, NumberColumn.class);
  }

  /** The string column of that name. */
  default StringColumn string(String name) {
    return cast(name, StringColumn.class);
  }

  /** The binary column of that name. */
  default BinaryColumn binary(String name) {
    return cast(name, BinaryColumn.class);
  }

  /** The list column of that name. */
  default Float64ListColumn list(String name) {
    return cast(name, Float64ListColumn.class);
  }

  private <C> C cast(String name, Class<C> kind) {
    Column column = column(name);
    if (!kind.isInstance(column)) {
      throw new ConfigurationException(
          "the column '"
              + name
              + "' is "
              + column.field().type()
              + ", not a "
              + kind.getSimpleName());
    }
    return kind.cast(column);
  }
}
