package io.forebay.workers.internal.binding;

import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BinaryWriter;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.BoolWriter;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float32Writer;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Float64ListWriter;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int32Writer;
import io.forebay.columns.Int64Column;
import io.forebay.columns.Int64Writer;
import io.forebay.columns.StringColumn;
import io.forebay.columns.StringWriter;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Method handles that read or write one value of one column. */
final class ColumnAccess {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private ColumnAccess() {}

  /** {@code (Column[], int row) -> value} for column {@code index}, null or not. */
  static MethodHandle getter(ColumnType type, int index, boolean asInstant) {
    Class<?> value = asInstant ? Instant.class : valueClass(type);
    return bind("get" + suffix(type, asInstant), value, Column[].class, index);
  }

  /** {@code (Column[], int row) -> boolean} for column {@code index}. */
  static MethodHandle isNull(int index) {
    return bind("isNull", boolean.class, Column[].class, index);
  }

  /** {@code (ColumnWriter[], int row, value) -> void} for column {@code index}. */
  static MethodHandle setter(ColumnType type, int index, boolean asInstant) {
    Class<?> value = asInstant ? Instant.class : valueClass(type);
    return bind("set" + suffix(type, asInstant), void.class, ColumnWriter[].class, index, value);
  }

  /** {@code (ColumnWriter[], int row) -> void} for column {@code index}. */
  static MethodHandle setNull(int index) {
    return bind("setNull", void.class, ColumnWriter[].class, index);
  }

  private static MethodHandle bind(
      String name, Class<?> returned, Class<?> columns, int index, Class<?>... values) {
    MethodType type =
        MethodType.methodType(returned, columns, int.class, int.class).appendParameterTypes(values);
    try {
      return MethodHandles.insertArguments(
          LOOKUP.findStatic(ColumnAccess.class, name, type), 1, index);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static String suffix(ColumnType type, boolean asInstant) {
    return switch (type) {
      case BOOL -> "Bool";
      case INT32 -> "Int32";
      case FLOAT32 -> "Float32";
      case FLOAT64 -> "Float64";
      case STRING -> "String";
      case BINARY -> "Binary";
      case FLOAT64_LIST -> "List";
      case INT64 -> "Int64";
      case TIMESTAMP_MS -> asInstant ? "Millis" : "Int64";
      case TIMESTAMP_US -> asInstant ? "Micros" : "Int64";
      case TIMESTAMP_NS -> asInstant ? "Nanos" : "Int64";
    };
  }

  /** The Java type in which the column's own accessors read and write. */
  static Class<?> valueClass(ColumnType type) {
    return switch (type) {
      case BOOL -> boolean.class;
      case INT32 -> int.class;
      case INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS -> long.class;
      case FLOAT32 -> float.class;
      case FLOAT64 -> double.class;
      case STRING -> String.class;
      case BINARY -> byte[].class;
      case FLOAT64_LIST -> double[].class;
    };
  }

  // ------------------------------------------------------------------ found by name, above

  static boolean isNull(Column[] columns, int index, int row) {
    return columns[index].isNull(row);
  }

  static boolean getBool(Column[] columns, int index, int row) {
    return ((BoolColumn) columns[index]).get(row);
  }

  static int getInt32(Column[] columns, int index, int row) {
    return ((Int32Column) columns[index]).get(row);
  }

  static long getInt64(Column[] columns, int index, int row) {
    return ((Int64Column) columns[index]).get(row);
  }

  static float getFloat32(Column[] columns, int index, int row) {
    return ((Float32Column) columns[index]).get(row);
  }

  static double getFloat64(Column[] columns, int index, int row) {
    return ((Float64Column) columns[index]).get(row);
  }

  static String getString(Column[] columns, int index, int row) {
    return ((StringColumn) columns[index]).get(row);
  }

  static byte[] getBinary(Column[] columns, int index, int row) {
    return ((BinaryColumn) columns[index]).get(row);
  }

  static double[] getList(Column[] columns, int index, int row) {
    return ((Float64ListColumn) columns[index]).get(row);
  }

  static Instant getMillis(Column[] columns, int index, int row) {
    return Instant.ofEpochMilli(getInt64(columns, index, row));
  }

  static Instant getMicros(Column[] columns, int index, int row) {
    return Instant.EPOCH.plus(getInt64(columns, index, row), ChronoUnit.MICROS);
  }

  static Instant getNanos(Column[] columns, int index, int row) {
    return Instant.ofEpochSecond(0, getInt64(columns, index, row));
  }

  static void setNull(ColumnWriter[] writers, int index, int row) {
    writers[index].setNull(row);
  }

  static void setBool(ColumnWriter[] writers, int index, int row, boolean value) {
    ((BoolWriter) writers[index]).set(row, value);
  }

  static void setInt32(ColumnWriter[] writers, int index, int row, int value) {
    ((Int32Writer) writers[index]).set(row, value);
  }

  static void setInt64(ColumnWriter[] writers, int index, int row, long value) {
    ((Int64Writer) writers[index]).set(row, value);
  }

  static void setFloat32(ColumnWriter[] writers, int index, int row, float value) {
    ((Float32Writer) writers[index]).set(row, value);
  }

  static void setFloat64(ColumnWriter[] writers, int index, int row, double value) {
    ((Float64Writer) writers[index]).set(row, value);
  }

  static void setString(ColumnWriter[] writers, int index, int row, String value) {
    ((StringWriter) writers[index]).set(row, value);
  }

  static void setBinary(ColumnWriter[] writers, int index, int row, byte[] value) {
    ((BinaryWriter) writers[index]).set(row, value);
  }

  static void setList(ColumnWriter[] writers, int index, int row, double[] value) {
    ((Float64ListWriter) writers[index]).set(row, value);
  }

  static void setMillis(ColumnWriter[] writers, int index, int row, Instant value) {
    setInt64(writers, index, row, value.toEpochMilli());
  }

  static void setMicros(ColumnWriter[] writers, int index, int row, Instant value) {
    setInt64(writers, index, row, ChronoUnit.MICROS.between(Instant.EPOCH, value));
  }

  static void setNanos(ColumnWriter[] writers, int index, int row, Instant value) {
    setInt64(writers, index, row, ChronoUnit.NANOS.between(Instant.EPOCH, value));
  }
}
