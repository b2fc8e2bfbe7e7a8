package io.forebay.functions;

import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.NumberColumn;
import io.forebay.columns.StringColumn;
import io.forebay.columns.TimestampRange;
import io.forebay.parameters.DecimalText;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;

/** A value of a column as another type; see {@link Cast}. The row has a value. */
final class Conversion {
  private Conversion() {}

  /** A value cannot be converted; the message is the value. */
  static final class Impossible extends Exception {
    private static final long serialVersionUID = 1;

    /** Without a stack trace: there may be one a row. */
    Impossible(String value) {
      super(value, null, false, false);
    }
  }

  static boolean exists(ColumnType from, ColumnType to) {
    if (from == ColumnType.BINARY || from == ColumnType.FLOAT64_LIST) {
      return false;
    }
    if (to.isTimestamp()) {
      return from != ColumnType.BOOL && from != ColumnType.FLOAT32 && from != ColumnType.FLOAT64;
    }
    return to != ColumnType.BOOL || !from.isTimestamp();
  }

  static boolean toBool(Column from, int row) throws Impossible {
    if (from instanceof BoolColumn bools) {
      return bools.get(row);
    }
    String text = toText(from, row);
    return switch (text) {
      case "true", "1", "1.0" -> true;
      case "false", "0", "0.0", "-0.0" -> false;
      default -> throw new Impossible(shown(from, text));
    };
  }

  static long toLong(Column from, int row) throws Impossible {
    return switch (from) {
      case BoolColumn bools -> bools.get(row) ? 1 : 0;
      case Int32Column ints -> ints.get(row);
      case Int64Column longs -> longs.get(row);
      case StringColumn texts -> whole(texts.get(row));
      default -> whole(((NumberColumn) from).asDouble(row));
    };
  }

  private static long whole(String text) throws Impossible {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new Impossible("'" + text + "'");
    }
  }

  private static long whole(double value) throws Impossible {
    // 2^63 itself is a double, and beyond the range.
    if (value != Math.rint(value) || !(value >= -0x1p63 && value < 0x1p63)) {
      throw new Impossible(Double.toString(value));
    }
    return (long) value;
  }

  static double toDouble(Column from, int row) throws Impossible {
    if (from instanceof BoolColumn bools) {
      return bools.get(row) ? 1 : 0;
    }
    if (from instanceof StringColumn texts) {
      String text = texts.get(row);
      try {
        return DecimalText.parse(text.strip());
      } catch (IllegalArgumentException e) {
        throw new Impossible("'" + text + "'");
      }
    }
    return ((NumberColumn) from).asDouble(row);
  }

  static long toTimestamp(Column from, int row, ColumnType to) throws Impossible {
    String shown;
    BigInteger units;
    if (from instanceof StringColumn texts) {
      String text = texts.get(row);
      shown = "'" + text + "'";
      try {
        Instant instant = Instant.parse(text.strip());
        units = units(nanos(instant), to);
      } catch (DateTimeException e) {
        throw new Impossible(shown);
      }
    } else {
      long value = toLong(from, row);
      shown = Long.toString(value);
      ColumnType type = from.field().type();
      units =
          type.isTimestamp()
              ? units(BigInteger.valueOf(value).multiply(nanosOf(type)), to)
              : BigInteger.valueOf(value);
    }
    if (units.bitLength() > 63 || !TimestampRange.contains(to, units.longValue())) {
      throw new Impossible(shown);
    }
    return units.longValue();
  }

  static BigInteger nanos(Instant instant) {
    return BigInteger.valueOf(instant.getEpochSecond())
        .multiply(BigInteger.valueOf(1_000_000_000))
        .add(BigInteger.valueOf(instant.getNano()));
  }

  /** Nanoseconds in units of the type, rounded down. */
  private static BigInteger units(BigInteger nanos, ColumnType type) {
    BigInteger[] parts = nanos.divideAndRemainder(nanosOf(type));
    return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  /** How many nanoseconds a unit of the type has. */
  static BigInteger nanosOf(ColumnType type) {
    return BigInteger.valueOf(
        switch (type) {
          case TIMESTAMP_MS -> 1_000_000;
          case TIMESTAMP_US -> 1_000;
          default -> 1;
        });
  }

  static String toText(Column from, int row) {
    return switch (from) {
      case BoolColumn bools -> Boolean.toString(bools.get(row));
      case Int32Column ints -> Integer.toString(ints.get(row));
      case Float32Column floats -> Float.toString(floats.get(row));
      case Float64Column doubles -> Double.toString(doubles.get(row));
      case StringColumn texts -> texts.get(row);
      case Int64Column longs -> {
        ColumnType type = from.field().type();
        if (!type.isTimestamp()) {
          yield Long.toString(longs.get(row));
        }
        BigInteger nanos = BigInteger.valueOf(longs.get(row)).multiply(nanosOf(type));
        BigInteger second = BigInteger.valueOf(1_000_000_000);
        BigInteger rest = nanos.mod(second);
        yield Instant.ofEpochSecond(
                nanos.subtract(rest).divide(second).longValueExact(), rest.longValueExact())
            .toString();
      }
      default -> throw new IllegalStateException(from.field().toString());
    };
  }

  private static String shown(Column from, String text) {
    return from instanceof StringColumn ? "'" + text + "'" : text;
  }
}
