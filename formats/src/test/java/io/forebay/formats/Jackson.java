package io.forebay.formats;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** What a line should be read as, worked out with Jackson: slowly and by other means. */
final class Jackson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).build())
          .build();
  private static final long NANOS = 1_000_000_000L;
  private static final Pattern ISO =
      Pattern.compile(
          "(?<year>\\d{4})(?<dash>-?)(?<month>\\d\\d)\\k<dash>(?<day>\\d\\d)[Tt](?<hour>\\d\\d)"
              + "(?:(?<colon>:?)(?<minute>\\d\\d)(?:\\k<colon>(?<second>\\d\\d)"
              + "(?:[.,](?<fraction>\\d*))?)?)?"
              + "(?<zone>[Zz]|[+-]\\d\\d(?:\\d\\d|:\\d\\d(?::\\d\\d)?)?)");

  private Jackson() {}

  /** The values of the declared fields, and the texts of the tokens of the others. */
  record Expected(Map<String, Object> values, Map<String, List<String>> extras) {}

  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String reason) {
      super(reason, null, false, false);
    }
  }

  /** Empty where the line is no record of the schema. */
  static Optional<Expected> read(byte[] line, Schema schema) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      return Optional.of(record(parser, schema));
    } catch (JacksonException | Refused e) {
      return Optional.empty();
    }
  }

  /** The members of {@code {…}} with the texts of their tokens. */
  static Map<String, List<String>> members(String object) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), object)) {
      return record(parser, Schema.of()).extras();
    } catch (Refused e) {
      throw new AssertionError(object, e);
    }
  }

  private static Expected record(JsonParser parser, Schema schema) throws Refused {
    require(parser.nextToken() == JsonToken.START_OBJECT, "object");
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, List<String>> extras = new LinkedHashMap<>();
    List<String> seen = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = whole(parser.currentName());
      parser.nextToken();
      List<String> tokens = new ArrayList<>();
      List<JsonToken> kinds = new ArrayList<>();
      int depth = 0;
      do {
        JsonToken token = parser.currentToken();
        kinds.add(token);
        tokens.add(token + " " + whole(parser.getString()));
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (depth > 0) {
          parser.nextToken();
        }
      } while (depth > 0);
      if (schema.has(name)) {
        seen.add(name);
        Object value = value(schema.field(name), kinds, tokens);
        if (value != null) {
          values.put(name, value);
        }
      } else {
        extras.put(name, tokens);
      }
    }
    require(parser.nextToken() == null, "end");
    for (Field field : schema.fields()) {
      require(field.nullable() || seen.contains(field.name()), "missing");
    }
    return new Expected(values, extras);
  }

  private static String whole(String text) throws Refused {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else {
        require(!Character.isSurrogate(c), "lone surrogate");
      }
    }
    return text;
  }

  private static Object value(Field field, List<JsonToken> kinds, List<String> tokens)
      throws Refused {
    JsonToken kind = kinds.get(0);
    String text = tokens.get(0).substring(kind.toString().length() + 1);
    if (kind == JsonToken.VALUE_NULL) {
      require(field.nullable(), "null");
      return null;
    }
    switch (field.type()) {
      case BOOL -> {
        require(kind == JsonToken.VALUE_TRUE || kind == JsonToken.VALUE_FALSE, "bool");
        return kind == JsonToken.VALUE_TRUE;
      }
      case STRING -> {
        require(kind == JsonToken.VALUE_STRING, "string");
        return text;
      }
      case BINARY -> {
        require(kind == JsonToken.VALUE_STRING, "base64");
        try {
          byte[] bytes = Base64.getDecoder().decode(text.getBytes(StandardCharsets.UTF_8));
          return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
          throw new Refused("base64");
        }
      }
      case FLOAT64 -> {
        require(kind.isNumeric(), "number");
        return number(text);
      }
      case FLOAT32 -> {
        require(kind.isNumeric(), "number");
        float value = Float.parseFloat(text);
        require(Float.isFinite(value), "finite");
        return (double) value;
      }
      case INT32, INT64 -> {
        require(kind.isNumeric(), "number");
        return integer(text, field.type());
      }
      case TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS -> {
        if (kind == JsonToken.VALUE_STRING) {
          return instant(text, field.type());
        }
        require(kind.isNumeric(), "number");
        return inRange(integer(text, field.type()), field.type());
      }
      case FLOAT64_LIST -> {
        require(kind == JsonToken.START_ARRAY, "array");
        List<Double> list = new ArrayList<>();
        for (int i = 1; i < kinds.size() - 1; i++) {
          require(kinds.get(i).isNumeric(), "number");
          list.add(number(tokens.get(i).substring(kinds.get(i).toString().length() + 1)));
        }
        return list;
      }
    }
    throw new AssertionError(field);
  }

  private static double number(String text) throws Refused {
    double value = Double.parseDouble(text);
    require(Double.isFinite(value), "finite");
    return value;
  }

  private static long integer(String text, ColumnType type) throws Refused {
    try {
      BigDecimal exact = new BigDecimal(text);
      if (exact.signum() != 0) {
        require(exact.precision() - (long) exact.scale() < 25, "range");
      }
      long value = exact.longValueExact();
      require(type != ColumnType.INT32 || value == (int) value, "int32");
      return value;
    } catch (NumberFormatException e) {
      // An exponent that BigDecimal does not take.
      require(text.replaceFirst("[eE].*", "").matches("[-0.]*"), "integer");
      return 0;
    } catch (ArithmeticException e) {
      throw new Refused("integer");
    }
  }

  private static long instant(String text, ColumnType type) throws Refused {
    try {
      Instant instant = Instant.parse(asJavaReads(text));
      BigDecimal nanos =
          BigDecimal.valueOf(instant.getEpochSecond())
              .multiply(BigDecimal.valueOf(NANOS))
              .add(BigDecimal.valueOf(instant.getNano()));
      long unit =
          switch (type) {
            case TIMESTAMP_MS -> 1_000_000;
            case TIMESTAMP_US -> 1_000;
            default -> 1;
          };
      return inRange(nanos.divide(BigDecimal.valueOf(unit)).longValueExact(), type);
    } catch (DateTimeException | ArithmeticException e) {
      throw new Refused("instant");
    }
  }

  /** ISO 8601 allows more than Java reads; Java takes leap seconds, which are refused here. */
  private static String asJavaReads(String text) throws Refused {
    Matcher iso = ISO.matcher(text);
    require(iso.matches(), "ISO 8601");
    String minute = Objects.requireNonNullElse(iso.group("minute"), "00");
    String second = Objects.requireNonNullElse(iso.group("second"), "00");
    String fraction = Objects.requireNonNullElse(iso.group("fraction"), "");
    require(!second.equals("60"), "no leap second");
    require(fraction.length() <= 9 || fraction.substring(9).matches("0*"), "nanoseconds");
    fraction = fraction.substring(0, Math.min(9, fraction.length()));
    String zone = iso.group("zone").replace(":", "").replaceAll("(\\d\\d)(?=\\d)", "$1:");
    return String.format(
        "%s-%s-%sT%s:%s:%s.%s%s",
        iso.group("year"),
        iso.group("month"),
        iso.group("day"),
        iso.group("hour"),
        minute,
        second,
        fraction + "0".repeat(9 - fraction.length()),
        zone.length() == 3 ? zone + ":00" : zone);
  }

  /** The years 1 to 9999; of nanoseconds what 64 bits hold, from the first whole day on. */
  private static long inRange(long value, ColumnType type) throws Refused {
    if (type == ColumnType.TIMESTAMP_NS) {
      require(value >= -106_751L * 86_400 * NANOS && value < Long.MAX_VALUE, "range");
    } else {
      long perDay = 86_400_000L * (type == ColumnType.TIMESTAMP_MS ? 1 : 1_000);
      long day = Math.floorDiv(value, perDay);
      require(
          day >= LocalDate.of(1, 1, 1).toEpochDay()
              && day <= LocalDate.of(9999, 12, 31).toEpochDay(),
          "range");
    }
    return value;
  }

  private static void require(boolean condition, String what) throws Refused {
    if (!condition) {
      throw new Refused(what);
    }
  }
}
