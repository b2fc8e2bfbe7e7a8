package io.forebay.workers.internal.binding;

import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.ColumnWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes values that are no records, each in one column. It is boxed in any case, so this
 * is plain code, and not method handles as in {@link RecordBinding}: composing those takes a
 * starting worker some 20 ms.
 *
 * @param type what the values are
 * @param column the column's type, which {@code type} reads
 */
record SingleValue(ComponentType type, ColumnType column)
    implements ValueBinding.Reader, ValueBinding.Writer {

  static SingleValue of(Class<?> type, ColumnType column) {
    return new SingleValue(ComponentType.of(type).orElseThrow(), column);
  }

  @Override
  public @Nullable Object read(Column[] columns, int row) {
    if (columns[0].isNull(row)) {
      return null;
    }
    return switch (type) {
      case BOOLEAN -> ColumnAccess.getBool(columns, 0, row);
      case INT -> ColumnAccess.getInt32(columns, 0, row);
      case LONG -> readLong(columns, row);
      case FLOAT -> ColumnAccess.getFloat32(columns, 0, row);
      case DOUBLE -> readDouble(columns, row);
      case STRING -> ColumnAccess.getString(columns, 0, row);
      case BYTES -> ColumnAccess.getBinary(columns, 0, row);
      case DOUBLES -> ColumnAccess.getList(columns, 0, row);
      case INSTANT -> readInstant(columns, row);
    };
  }

  private long readLong(Column[] columns, int row) {
    return column == ColumnType.INT32
        ? ColumnAccess.getInt32(columns, 0, row)
        : ColumnAccess.getInt64(columns, 0, row);
  }

  private double readDouble(Column[] columns, int row) {
    return switch (column) {
      case INT32 -> ColumnAccess.getInt32(columns, 0, row);
      case FLOAT32 -> ColumnAccess.getFloat32(columns, 0, row);
      default -> ColumnAccess.getFloat64(columns, 0, row);
    };
  }

  private Instant readInstant(Column[] columns, int row) {
    return switch (column) {
      case TIMESTAMP_MS -> ColumnAccess.getMillis(columns, 0, row);
      case TIMESTAMP_NS -> ColumnAccess.getNanos(columns, 0, row);
      default -> ColumnAccess.getMicros(columns, 0, row);
    };
  }

  /** The column is of the type that belongs to the values' own. */
  @Override
  public void write(ColumnWriter[] writers, int row, @Nullable Object value) {
    if (value == null) {
      ColumnAccess.setNull(writers, 0, row);
      return;
    }
    switch (type) {
      case BOOLEAN -> ColumnAccess.setBool(writers, 0, row, (Boolean) value);
      case INT -> ColumnAccess.setInt32(writers, 0, row, (Integer) value);
      case LONG -> ColumnAccess.setInt64(writers, 0, row, (Long) value);
      case FLOAT -> ColumnAccess.setFloat32(writers, 0, row, (Float) value);
      case DOUBLE -> ColumnAccess.setFloat64(writers, 0, row, (Double) value);
      case STRING -> ColumnAccess.setString(writers, 0, row, (String) value);
      case BYTES -> ColumnAccess.setBinary(writers, 0, row, (byte[]) value);
      case DOUBLES -> ColumnAccess.setList(writers, 0, row, (double[]) value);
      case INSTANT -> ColumnAccess.setMicros(writers, 0, row, (Instant) value);
    }
  }
}
