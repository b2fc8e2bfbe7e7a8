package io.forebay.functions.internal.conditions;

import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.NumberColumn;
import io.forebay.columns.StringColumn;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How the values of a column stand to a literal. */
interface Ordering {
  /** What {@link #compare} gives where the value is NaN. */
  int NONE = 2;

  /** -1, 0 or 1 as the value of the row is less, equal or greater; {@link #NONE} if neither. */
  int compare(Column column, int row);

  /** How values of a type are compared with a literal; null if they cannot be. */
  static @Nullable Ordering of(ColumnType type, Literal literal) {
    return switch (literal) {
      case Literal.Bool(boolean value) -> type == ColumnType.BOOL ? bool(value) : null;
      case Literal.Amount(_, BigDecimal value) ->
          switch (type) {
            case INT32, INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS -> integer(value);
            case FLOAT32 -> number(value.floatValue());
            case FLOAT64 -> number(value.doubleValue());
            default -> null;
          };
      case Literal.Text(String value) ->
          type == ColumnType.STRING ? text(value) : type.isTimestamp() ? time(type, value) : null;
    };
  }

  /** What columns of a type can be compared with. */
  static String advice(ColumnType type) {
    return switch (type) {
      case BOOL -> "compare it by = or != with true or false";
      case STRING -> "compare it with a text in single quotes";
      case INT32, INT64, FLOAT32, FLOAT64 -> "compare it with a number";
      case TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS ->
          "compare it with a time such as '2025-01-01T00:00:00Z'";
      case BINARY, FLOAT64_LIST -> "only is null can be asked of it";
    };
  }

  private static Ordering bool(boolean literal) {
    return (column, row) -> Boolean.compare(((BoolColumn) column).get(row), literal);
  }

  private static Ordering number(double literal) {
    return (column, row) -> {
      double value = ((NumberColumn) column).asDouble(row);
      return value < literal ? -1 : value > literal ? 1 : value == literal ? 0 : NONE;
    };
  }

  /** Exact, also where the literal is no whole number or beyond 64 bits. */
  private static Ordering integer(BigDecimal literal) {
    if (literal.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      return (column, row) -> -1;
    }
    if (literal.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) < 0) {
      return (column, row) -> 1;
    }
    BigDecimal floor = literal.setScale(0, RoundingMode.FLOOR);
    long below = floor.longValueExact();
    boolean whole = floor.compareTo(literal) == 0;
    return (column, row) -> {
      long value =
          column instanceof Int32Column ints ? ints.get(row) : ((Int64Column) column).get(row);
      return value == below ? (whole ? 0 : -1) : Long.compare(value, below);
    };
  }

  /** The nanoseconds of a time, in the unit of the type. */
  private static @Nullable Ordering time(ColumnType type, String text) {
    try {
      Instant instant = Instant.parse(text);
      int digits =
          switch (type) {
            case TIMESTAMP_MS -> 3;
            case TIMESTAMP_US -> 6;
            default -> 9;
          };
      BigDecimal seconds =
          BigDecimal.valueOf(instant.getEpochSecond())
              .add(BigDecimal.valueOf(instant.getNano(), 9));
      return integer(seconds.scaleByPowerOfTen(digits));
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** By the bytes of UTF-8, which is by code points. */
  private static Ordering text(String literal) {
    byte[] utf8 = literal.getBytes(StandardCharsets.UTF_8);
    MemorySegment wanted = MemorySegment.ofArray(utf8);
    return (column, row) -> {
      MemorySegment value = ((StringColumn) column).utf8(row);
      long at = value.mismatch(wanted);
      if (at < 0) {
        return 0;
      }
      if (at == Math.min(value.byteSize(), wanted.byteSize())) {
        return Long.compare(value.byteSize(), wanted.byteSize());
      }
      return Integer.compare(
          value.get(ValueLayout.JAVA_BYTE, at) & 0xff,
          wanted.get(ValueLayout.JAVA_BYTE, at) & 0xff);
    };
  }
}
