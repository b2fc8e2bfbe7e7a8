package io.forebay.benchmarks;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Arrays;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.async.ByteArrayFeeder;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.sym.PropertyNameMatcher;
import tools.jackson.core.util.Named;

/**
 * What {@code formats} does with a record of JSON, written over Jackson's streaming parser and its
 * fast parser of doubles: members into columns, refusing a name that appears twice, an integer that
 * does not fit, and a record without a field. It lacks what costs Jackson more: names that appear
 * twice in nested objects, half surrogates, extras, and sentences that say what was wrong where.
 */
final class JacksonReading {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build();

  private final ColumnType[] types;
  private final PropertyNameMatcher names;
  private final long required;
  private byte[] utf8 = new byte[256];
  private double[] list = new double[16];

  JacksonReading(Schema schema) {
    types = schema.fields().stream().map(Field::type).toArray(ColumnType[]::new);
    names =
        FACTORY.constructNameMatcher(
            schema.fields().stream().map(field -> Named.fromString(field.name())).toList(), false);
    required = (1L << types.length) - 1;
  }

  /** One parser for all lines: at a bad one, a new one would have to begin behind it. */
  void block(byte[] bytes, RecordWriter out) throws InterruptedException {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
      while (parser.nextToken() != null) {
        record(parser, out);
      }
    }
  }

  /** A parser for each line. */
  void lines(byte[] bytes, RecordWriter out) throws InterruptedException {
    for (int from = 0, end; from < bytes.length; from = end + 1) {
      end = newline(bytes, from);
      try (JsonParser parser =
          FACTORY.createParser(ObjectReadContext.empty(), bytes, from, end - from)) {
        parser.nextToken();
        record(parser, out);
      }
    }
  }

  /** The non-blocking parser, fed with one line after the other. */
  void fed(byte[] bytes, RecordWriter out) throws InterruptedException {
    try (JsonParser parser = FACTORY.createNonBlockingByteArrayParser(ObjectReadContext.empty())) {
      ByteArrayFeeder feeder = (ByteArrayFeeder) parser.nonBlockingInputFeeder();
      for (int from = 0, end; from < bytes.length; from = end + 1) {
        end = newline(bytes, from);
        feeder.feedInput(bytes, from, end);
        parser.nextToken();
        record(parser, out);
      }
    }
  }

  private static int newline(byte[] bytes, int from) {
    int at = from;
    while (bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  private void record(JsonParser parser, RecordWriter out) throws InterruptedException {
    require(parser.currentToken() == JsonToken.START_OBJECT, "no object");
    long seen = 0;
    while (true) {
      int field = parser.nextNameMatch(names);
      if (field == PropertyNameMatcher.MATCH_END_OBJECT) {
        break;
      }
      require(field >= 0, "an undeclared member");
      require((seen & (1L << field)) == 0, "a name that appears twice");
      seen |= 1L << field;
      value(parser, field, out);
    }
    require(seen == required, "a missing field");
    out.append(1, 0);
  }

  private void value(JsonParser parser, int field, RecordWriter out) {
    JsonToken token = parser.nextToken();
    switch (types[field]) {
      case FLOAT64 -> {
        require(token.isNumeric(), "no number");
        double value = parser.getDoubleValue();
        require(Double.isFinite(value), "too large");
        out.setDouble(field, value);
      }
      case INT64 -> out.setLong(field, integer(parser, token));
      case TIMESTAMP_MS ->
          out.setLong(
              field,
              token == JsonToken.VALUE_STRING
                  ? OffsetDateTime.parse(parser.getString()).toInstant().toEpochMilli()
                  : integer(parser, token));
      case STRING -> {
        require(token == JsonToken.VALUE_STRING, "no string");
        string(parser, field, out);
      }
      case FLOAT64_LIST -> {
        require(token == JsonToken.START_ARRAY, "no list");
        int size = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          if (size == list.length) {
            list = Arrays.copyOf(list, 2 * size);
          }
          list[size++] = parser.getDoubleValue();
        }
        out.setDoubles(field, list, 0, size);
      }
      default -> throw new IllegalStateException("a type that is not compared");
    }
  }

  private static long integer(JsonParser parser, JsonToken token) {
    require(token.isNumeric(), "no number");
    return token == JsonToken.VALUE_NUMBER_INT
        ? parser.getLongValue()
        : new BigDecimal(parser.getString()).longValueExact();
  }

  private void string(JsonParser parser, int field, RecordWriter out) {
    char[] chars = parser.getStringCharacters();
    int from = parser.getStringOffset();
    int length = parser.getStringLength();
    if (utf8.length < length) {
      utf8 = new byte[2 * length];
    }
    int all = 0;
    for (int i = 0; i < length; i++) {
      char c = chars[from + i];
      utf8[i] = (byte) c;
      all |= c;
    }
    if (all < 0x80) {
      out.setString(field, utf8, 0, length);
    } else {
      byte[] encoded = new String(chars, from, length).getBytes(StandardCharsets.UTF_8);
      out.setString(field, encoded, 0, encoded.length);
    }
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalStateException(what);
    }
  }
}
