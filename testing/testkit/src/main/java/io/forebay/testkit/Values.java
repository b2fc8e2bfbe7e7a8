package io.forebay.testkit;

import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Values of columns as Java objects that compare by content. */
final class Values {
  private Values() {}

  /** The value of a row as {@link Batches#rows(io.forebay.Batch)} describes it. */
  static @Nullable Object get(Column column, int row) {
    if (column.isNull(row)) {
      return null;
    }
    return switch (column) {
      case BoolColumn c -> c.get(row);
      case Int32Column c -> c.get(row);
      case Int64Column c -> c.get(row);
      case Float32Column c -> c.get(row);
      case Float64Column c -> c.get(row);
      case StringColumn c -> c.get(row);
      case BinaryColumn c -> ByteBuffer.wrap(c.get(row)).asReadOnlyBuffer();
      case Float64ListColumn c -> Arrays.stream(c.get(row)).boxed().toList();
    };
  }

  /** {@code value} as {@link #get} would return it from a column of this field. */
  static @Nullable Object coerce(Field field, @Nullable Object value) {
    if (value == null) {
      if (!field.nullable()) {
        throw new IllegalArgumentException(
            "the field '" + field.name() + "' is not nullable, but a row has null there");
      }
      return null;
    }
    Object coerced =
        switch (field.type()) {
          case BOOL -> value instanceof Boolean ? value : null;
          case INT32 -> integral(value) ? Math.toIntExact(((Number) value).longValue()) : null;
          case INT64 -> integral(value) ? ((Number) value).longValue() : null;
          case TIMESTAMP_MS -> timestamp(value, ChronoUnit.MILLIS);
          case TIMESTAMP_US -> timestamp(value, ChronoUnit.MICROS);
          case TIMESTAMP_NS -> timestamp(value, ChronoUnit.NANOS);
          case FLOAT32 -> value instanceof Number number ? number.floatValue() : null;
          case FLOAT64 -> value instanceof Number number ? number.doubleValue() : null;
          case STRING -> value instanceof String ? value : null;
          case BINARY -> binary(value);
          case FLOAT64_LIST -> list(value);
        };
    if (coerced == null) {
      throw new IllegalArgumentException(
          "the field '"
              + field.name()
              + "' is "
              + field.type()
              + " and cannot hold a "
              + value.getClass().getSimpleName());
    }
    return coerced;
  }

  private static boolean integral(Object value) {
    return value instanceof Integer || value instanceof Long || value instanceof Short;
  }

  private static @Nullable Object timestamp(Object value, ChronoUnit unit) {
    if (value instanceof Instant instant) {
      return unit.between(Instant.EPOCH, instant);
    }
    return integral(value) ? ((Number) value).longValue() : null;
  }

  private static @Nullable Object binary(Object value) {
    return switch (value) {
      case byte[] bytes -> ByteBuffer.wrap(bytes.clone()).asReadOnlyBuffer();
      case ByteBuffer buffer -> buffer.asReadOnlyBuffer();
      default -> null;
    };
  }

  private static @Nullable Object list(Object value) {
    return switch (value) {
      case double[] doubles -> DoubleStream.of(doubles).boxed().toList();
      case List<?> numbers ->
          numbers.stream().map(number -> ((Number) number).doubleValue()).toList();
      default -> null;
    };
  }
}
