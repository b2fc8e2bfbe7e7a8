package io.forebay.functions.sql;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.forebay.columns.BinaryWriter;
import io.forebay.columns.BoolWriter;
import io.forebay.columns.ColumnType;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Writer;
import io.forebay.columns.Float64ListWriter;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.Int32Writer;
import io.forebay.columns.Int64Writer;
import io.forebay.columns.StringWriter;
import io.forebay.columns.TimestampRange;
import io.forebay.connectors.duckdb.capi.CApi;
import io.forebay.connectors.duckdb.capi.DuckDbType;
import io.forebay.connectors.duckdb.capi.VectorWriter;
import io.forebay.errors.ConfigurationException;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A column of the result that becomes a column of the records.
 *
 * @param index of DuckDB's result, from 0
 */
record ResultColumn(int index, Field field) {
  /**
   * The column of a type that DuckDB names.
   *
   * @throws ConfigurationException if no column can hold it
   */
  static ResultColumn of(int index, String name, String duckDbType) {
    ColumnType type =
        switch (duckDbType.replaceFirst("\\(.*\\)", "")) {
          case "BOOLEAN" -> ColumnType.BOOL;
          case "TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT" -> ColumnType.INT32;
          case "BIGINT", "UINTEGER" -> ColumnType.INT64;
          case "FLOAT" -> ColumnType.FLOAT32;
          case "DOUBLE", "DECIMAL" -> ColumnType.FLOAT64;
          case "VARCHAR" -> ColumnType.STRING;
          case "BLOB" -> ColumnType.BINARY;
          case "TIMESTAMP_MS", "TIMESTAMP_S" -> ColumnType.TIMESTAMP_MS;
          case "TIMESTAMP" -> ColumnType.TIMESTAMP_US;
          case "TIMESTAMP_NS" -> ColumnType.TIMESTAMP_NS;
          case "DOUBLE[]", "FLOAT[]", "DECIMAL[]", "INTEGER[]", "BIGINT[]" ->
              ColumnType.FLOAT64_LIST;
          default ->
              throw new ConfigurationException(
                  "the result '%s' is %s, which no column can hold: cast it in the parameter sql, as %s::varchar or to timestamp, bigint or double"
                      .formatted(name, duckDbType.toLowerCase(Locale.ROOT), name));
        };
    return new ResultColumn(index, Field.nullable(name, type));
  }

  /** The type to which DuckDB casts it. */
  String sqlType() {
    return DuckDbType.sql(field.type());
  }

  /** Vectors of the column, of one chunk. */
  record Vector(MemorySegment data, @Nullable MemorySegment validity, MemorySegment list) {
    static Vector of(MemorySegment chunk, long column, ColumnType type, int rows) {
      MemorySegment vector =
          CApi.call(() -> (MemorySegment) CApi.CHUNK_VECTOR.invokeExact(chunk, column));
      int width = type == ColumnType.BOOL ? 1 : type.width() > 0 ? type.width() : 16;
      MemorySegment list = MemorySegment.NULL;
      if (type == ColumnType.FLOAT64_LIST) {
        list = CApi.call(() -> (MemorySegment) CApi.LIST_CHILD.invokeExact(vector));
      }
      return new Vector(data(vector, (long) width * rows), validity(vector, rows), list);
    }

    private static MemorySegment data(MemorySegment vector, long bytes) {
      return CApi.memory(
          CApi.call(() -> (MemorySegment) CApi.VECTOR_DATA.invokeExact(vector)), bytes);
    }

    private static @Nullable MemorySegment validity(MemorySegment vector, long rows) {
      MemorySegment bits =
          CApi.call(() -> (MemorySegment) CApi.VECTOR_VALIDITY.invokeExact(vector));
      return bits.address() == 0 ? null : CApi.memory(bits, (rows + 63) / 64 * 8);
    }

    boolean isNull(int row) {
      return validity != null && ((validity.getAtIndex(JAVA_LONG, row >> 6) >>> row) & 1) == 0;
    }

    int integer(int row) {
      return data.getAtIndex(JAVA_INT, row);
    }

    /** The bytes of a text. */
    MemorySegment bytes(int row) {
      long at = (long) VectorWriter.STRING_BYTES * row;
      int length = data.get(JAVA_INT, at);
      return length <= VectorWriter.INLINE_BYTES
          ? data.asSlice(at + 4, length)
          : CApi.memory(MemorySegment.ofAddress(data.get(JAVA_LONG, at + 8)), length);
    }

    /** The values of a list; null if one of them is. */
    @Nullable MemorySegment values(int row) {
      long from = data.get(JAVA_LONG, (long) VectorWriter.LIST_ENTRY_BYTES * row);
      long length = data.get(JAVA_LONG, (long) VectorWriter.LIST_ENTRY_BYTES * row + 8);
      MemorySegment bits = validity(list, from + length);
      for (long i = from; bits != null && i < from + length; i++) {
        if (((bits.getAtIndex(JAVA_LONG, i >> 6) >>> i) & 1) == 0) {
          return null;
        }
      }
      return data(list, 8 * (from + length)).asSlice(8 * from, 8 * length);
    }
  }

  /** Why the value of a row cannot be written; empty if it can. */
  Optional<String> problem(Vector vector, int row) {
    if (vector.isNull(row)) {
      return Optional.empty();
    }
    ColumnType type = field.type();
    if (type.isTimestamp()) {
      long value = vector.data().getAtIndex(JAVA_LONG, row);
      return TimestampRange.contains(type, value)
          ? Optional.empty()
          : Optional.of("'" + field.name() + "' is " + TimestampRange.problem(type, value));
    }
    return type == ColumnType.FLOAT64_LIST && vector.values(row) == null
        ? Optional.of("'" + field.name() + "' is a list with a null in it")
        : Optional.empty();
  }

  /** Writes the value at {@code from} of the vector as that of the row. */
  static void write(ColumnWriter to, int row, Vector vector, int from) {
    if (vector.isNull(from)) {
      to.setNull(row);
      return;
    }
    MemorySegment data = vector.data();
    switch (to) {
      case BoolWriter bools -> bools.set(row, data.get(JAVA_BYTE, from) != 0);
      case Int32Writer ints -> ints.set(row, data.getAtIndex(JAVA_INT, from));
      case Int64Writer longs -> longs.set(row, data.getAtIndex(JAVA_LONG, from));
      case Float32Writer floats -> floats.set(row, data.getAtIndex(JAVA_FLOAT, from));
      case Float64Writer doubles -> doubles.set(row, data.getAtIndex(JAVA_DOUBLE, from));
      case StringWriter texts -> texts.set(row, vector.bytes(from));
      case BinaryWriter binaries -> binaries.set(row, vector.bytes(from).toArray(JAVA_BYTE));
      case Float64ListWriter lists -> {
        MemorySegment values = vector.values(from);
        if (values != null) {
          lists.set(row, values);
        }
      }
    }
  }
}
