package io.forebay.engine.internal.tap;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;

/**
 * The three words of a condition, and the value as one of a column's type.
 *
 * @param quoted whether the value stood in quotes, and so is a text in any case
 */
record Condition(String column, Operator operator, String value, boolean quoted) {
  private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000);

  /** A comparison with an integer. */
  record Whole(long value, Operator operator) {}

  /** Finds the words; a column's name may have operators in it. */
  static Condition split(String text, Schema schema) {
    String trimmed = text.strip();
    String column =
        schema.fields().stream()
            .map(Field::name)
            .filter(name ->
                trimmed.startsWith(name)
                    && Operator.at(trimmed.substring(name.length()).strip()).isPresent())
            .max(Comparator.comparing(String::length))
            .orElseGet(() -> trimmed.split("[<>=!~]", 2)[0].strip());
    String rest =
        trimmed.substring(Math.min(trimmed.length(), trimmed.indexOf(column) + column.length()));
    Operator operator = Operator.at(rest.strip()).orElse(null);
    if (column.isEmpty() || operator == null) {
      throw new ConfigurationException(
          "'"
              + text
              + "' is no condition: write a column, one of = != < <= > >= ~ !~ and a value, as in"
              + " value>80, sensorId=s7, label~text or value=null");
    }
    String value = rest.strip().substring(operator.sign().length()).strip();
    boolean quoted =
        value.length() > 1
            && (value.charAt(0) == '\'' || value.charAt(0) == '"')
            && value.charAt(value.length() - 1) == value.charAt(0);
    return new Condition(
        column,
        operator == Operator.SAME ? Operator.EQUAL : operator,
        quoted ? value.substring(1, value.length() - 1) : value,
        quoted);
  }

  /** Whether it is about rows without a value. */
  boolean isOfNull() {
    return !quoted
        && value.equals("null")
        && operator != Operator.CONTAINS
        && operator != Operator.LACKS;
  }

  /** The operator, which is to be one of these. */
  Operator only(Field field, Set<Operator> possible) {
    if (!possible.contains(operator)) {
      throw new ConfigurationException(
          "'"
              + operator.sign()
              + "' cannot be asked of the column '"
              + column
              + "', which is "
              + field.type().text()
              + ": use "
              + Operator.signs(possible));
    }
    return operator;
  }

  Operator comparing(Field field) {
    return only(field, Operator.ORDER);
  }

  private ConfigurationException isNone(Field field, String instead) {
    return new ConfigurationException(
        "'"
            + value
            + "' is no value of the column '"
            + column
            + "', which is "
            + field.type().text()
            + ": "
            + instead);
  }

  boolean flag(Field field) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw isNone(field, "write true or false");
    };
  }

  double number(Field field) {
    if (value.equalsIgnoreCase("nan")) {
      return Double.NaN;
    }
    return decimal(field, "write a number, or nan").doubleValue();
  }

  private BigDecimal decimal(Field field, String instead) {
    try {
      BigDecimal number = new BigDecimal(value);
      if (Math.abs((long) number.precision() - number.scale()) < 400) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw isNone(field, instead);
  }

  byte[] bytes(Field field) {
    try {
      return Base64.getDecoder().decode(value);
    } catch (IllegalArgumentException e) {
      throw isNone(field, "write base64, as sinks do");
    }
  }

  /** A comparison of integers that holds for the same ones as that with the number. */
  Whole integer(Field field) {
    Operator asked = comparing(field);
    boolean time = field.type().isTimestamp();
    boolean count = value.matches("[-+]?[0-9.]+([eE][-+]?[0-9]+)?");
    BigDecimal exact =
        time && !count
            ? moment(field)
            : decimal(
                field,
                time
                    ? "write a count of its unit since 1970, or 2025-01-31T10:00:00Z"
                    : "write a number");
    BigInteger below = exact.setScale(0, RoundingMode.FLOOR).toBigIntegerExact();
    boolean fits = below.bitLength() < Long.SIZE;
    long value = fits ? below.longValue() : below.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    if (fits && exact.stripTrailingZeros().scale() <= 0) {
      return new Whole(value, asked);
    }
    return switch (asked) {
      // Between two integers, or beyond all of them: none is equal.
      case EQUAL -> new Whole(Long.MIN_VALUE, Operator.LESS);
      case OTHER -> new Whole(Long.MIN_VALUE, Operator.AT_LEAST);
      case LESS, AT_MOST ->
          new Whole(value, fits || below.signum() > 0 ? Operator.AT_MOST : Operator.LESS);
      default -> new Whole(value, fits || below.signum() > 0 ? Operator.MORE : Operator.AT_LEAST);
    };
  }

  private BigDecimal moment(Field field) {
    Instant moment;
    try {
      moment = OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException e) {
      throw isNone(
          field,
          "write a moment with its zone, as 2025-01-31T10:00:00Z, or a count of its unit since"
              + " 1970");
    }
    BigInteger nanos =
        BigInteger.valueOf(moment.getEpochSecond())
            .multiply(NANOS)
            .add(BigInteger.valueOf(moment.getNano()));
    return new BigDecimal(nanos).movePointLeft(digits(field.type()));
  }

  /** How many digits a nanosecond has that the type's unit does not. */
  private static int digits(ColumnType type) {
    return switch (type) {
      case TIMESTAMP_MS -> 6;
      case TIMESTAMP_US -> 3;
      default -> 0;
    };
  }
}
