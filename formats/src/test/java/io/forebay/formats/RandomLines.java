package io.forebay.formats;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Makes lines that are records of {@link #SCHEMA}, almost are, or are nothing at all. */
final class RandomLines {
  static final Schema SCHEMA =
      Schema.of(
          Field.of("s", ColumnType.STRING),
          Field.nullable("nameé", ColumnType.STRING),
          Field.of("int32", ColumnType.INT32),
          Field.nullable("int64", ColumnType.INT64),
          Field.nullable("f32", ColumnType.FLOAT32),
          Field.of("value", ColumnType.FLOAT64),
          Field.nullable("timestamp", ColumnType.TIMESTAMP_MS),
          Field.nullable("micros", ColumnType.TIMESTAMP_US),
          Field.nullable("ns", ColumnType.TIMESTAMP_NS),
          Field.nullable("ok", ColumnType.BOOL),
          Field.nullable("raw", ColumnType.BINARY),
          Field.nullable("wave\"form", ColumnType.FLOAT64_LIST));

  private static final String[] NUMBERS = {
    "0",
    "-0",
    "-0.0",
    "1",
    "20",
    "20.0",
    "2e1",
    "20.5",
    "-1",
    "1e999",
    "-1e999",
    "1e-999",
    "4.9e-324",
    "2.4703282292062328e-324",
    "1.7976931348623157e308",
    "1.7976931348623159e308",
    "9007199254740993",
    "9007199254740992.5",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "-9223372036854775808.0",
    "9.223372036854775807e18",
    "18446744073709551616",
    "123456789012345678901234567890",
    "0.1",
    "0.30000000000000004",
    "1E5",
    "1e+5",
    "1.0e-5",
    "2147483647",
    "2147483648",
    "-2147483648",
    "00",
    "01",
    "-",
    "-a",
    ".5",
    "1.",
    "1.e5",
    "1e",
    "1e+",
    "+1",
    "0x10",
    "NaN",
    "Infinity",
    "-Infinity",
    "1_000",
    "1e1000000000000",
    "0e1000000000000",
    "0.0000000000000000000000000000000000001",
    "1e22",
    "1e23",
    "100e-2",
    "1.00000000000000000000000000000000001",
    "16777217",
    "16777217.000000001",
    "3.4028236e38",
    "1.1754943508222875e-38",
    "7.006492321624085e-46",
    "1700000000000",
  };
  private static final String[] STRINGS = {
    "",
    "a",
    "sensor-12",
    "hall \\\"a\\\"",
    "\\u0041\\n\\t\\/\\b\\f\\r\\\\",
    "é温🌡",
    "\\ud83c\\udf21",
    "\\ud83c",
    "\\udf21",
    "\\ud83cx",
    "\\ud83c\\u0041",
    "\\u00",
    "\\x41",
    "\\",
    "\u0001",
    "\t",
    "\u007f",
    "a much longer text that has more than eight bytes, and even more than sixteen",
    "2025-01-01T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2024-02-29T23:59:59.123Z",
    "1969-12-31T23:59:59.999Z",
    "2025-01-01T00:00:00.123456Z",
    "2025-01-01T00:00:00.123456789Z",
    "2025-01-01T01:00:00+01:00",
    "2025-01-01T00:00:00",
    "2025-01-01",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "-2025-01-01T00:00:00Z",
    "2025-13-01T00:00:00Z",
    "2025-01-01T24:00:00Z",
    "2025-01-01T00:00:60Z",
    "2025-04-31T00:00:00Z",
    "1677-09-21T00:12:43.145224192Z",
    "2262-04-11T23:47:16.854775807Z",
    "2262-04-11T23:47:16.854775808Z",
    "AAEC",
    "AAE=",
    "AA==",
    "AA",
    "A",
    "====",
    "A-_B",
  };
  private static final String[] SPACES = {"", "", "", "", "", "", " ", "  ", "\t", "\r"};
  private static final byte[] INTERESTING =
      "{}[]:,\"\\ \t\r0123456789.eE+-truefalsnu/\u0000\u001f".getBytes(StandardCharsets.UTF_8);
  private static final byte[][] BROKEN = {
    {(byte) 0xC0, (byte) 0x80},
    {(byte) 0xE0, (byte) 0x80, (byte) 0x80},
    {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
    {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
    {(byte) 0xF0, (byte) 0x8F, (byte) 0xBF, (byte) 0xBF},
    {(byte) 0xFF},
    {(byte) 0x80},
    {(byte) 0xC3},
    {(byte) 0xE2, (byte) 0x82},
    {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF},
    {(byte) 0xC2, (byte) 0x85},
    {(byte) 0xEE, (byte) 0x80, (byte) 0x80},
    {(byte) 0xF4, (byte) 0x8F, (byte) 0xBF, (byte) 0xBF},
  };

  private final Random random;

  RandomLines(long seed) {
    random = new Random(seed);
  }

  /** A line without a newline. */
  byte[] next() {
    byte[] line = record().getBytes(StandardCharsets.UTF_8);
    int mutations = random.nextInt(4) < 2 ? 0 : 1 + random.nextInt(3);
    for (int i = 0; i < mutations; i++) {
      line = mutate(line);
    }
    for (int i = 0; i < line.length; i++) {
      line[i] = line[i] == '\n' ? (byte) ' ' : line[i];
    }
    return line;
  }

  private String record() {
    List<String> members = new ArrayList<>();
    for (Field field : SCHEMA.fields()) {
      if (field.nullable() ? random.nextBoolean() : random.nextInt(200) > 0) {
        members.add(member(field.name(), value(field)));
      }
    }
    for (int i = random.nextInt(8) - 4; i > 0; i--) {
      members.add(member(name(), anyValue(1 + random.nextInt(4))));
    }
    if (random.nextInt(40) == 0 && !members.isEmpty()) {
      members.add(members.get(random.nextInt(members.size())));
    }
    if (random.nextInt(3) == 0) {
      Collections.shuffle(members, random);
    }
    return space() + "{" + space() + String.join(",", members) + "}" + space();
  }

  private String member(String name, String value) {
    return space() + quote(name) + space() + ":" + space() + value + space();
  }

  private String name() {
    return random.nextBoolean() ? "x" + random.nextInt(30) : pick("é", "a b", "", "vALUE", "s ");
  }

  /** The name, sometimes with escapes that it does not need. */
  private String quote(String name) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '"' || random.nextInt(80) == 0) {
        quoted.append(String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  private String value(Field field) {
    if (random.nextInt(100) == 0) {
      return anyValue(2);
    }
    return switch (field.type()) {
      case BOOL ->
          random.nextInt(20) > 0 ? pick("true", "false") : pick("null", "True", "truex", "fals");
      case STRING -> '"' + string() + '"';
      case BINARY -> '"' + pick("AAEC", "AAE=", "AA==", "", "////", "+/09", "/w", "A") + '"';
      case INT32, INT64 -> random.nextInt(16) > 0 ? "" + random.nextInt(100_000) : number();
      case FLOAT32, FLOAT64 -> number();
      case TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS ->
          switch (random.nextInt(10)) {
            case 0 -> number();
            case 1, 2, 3 -> "\"" + time() + "\"";
            default -> "" + (1_700_000_000_000L + random.nextInt());
          };
      case FLOAT64_LIST -> {
        List<String> numbers = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          numbers.add(space() + number() + space());
        }
        yield "[" + String.join(",", numbers) + (random.nextInt(40) == 0 ? "," : "") + "]";
      }
    };
  }

  private String time() {
    if (random.nextInt(20) == 0) {
      return pick(STRINGS);
    }
    String digits =
        random.nextInt(3) == 0
            ? ""
            : "."
                + ("" + (1_000_000_000L + random.nextInt(999_999_999)))
                    .substring(1, 2 + random.nextInt(9));
    return (1600 + random.nextInt(700))
        + two("-", 1 + random.nextInt(12))
        + two("-", 1 + random.nextInt(random.nextInt(5) > 0 ? 28 : 31))
        + two("T", random.nextInt(24))
        + two(":", random.nextInt(60))
        + two(":", random.nextInt(60))
        + digits
        + (random.nextInt(30) > 0 ? "Z" : pick("z", "+02:00", "-0130", ""));
  }

  private static String two(String before, int number) {
    return before + (char) ('0' + number / 10) + (char) ('0' + number % 10);
  }

  private String number() {
    return switch (random.nextInt(48)) {
      case 0 -> pick(NUMBERS);
      case 1 -> "" + random.nextLong();
      case 2 -> "" + Double.longBitsToDouble(random.nextLong());
      case 3 ->
          digits(1 + random.nextInt(25))
              + "."
              + digits(1 + random.nextInt(25))
              + "e"
              + (random.nextInt(700) - 350);
      case 4 -> "-" + random.nextInt(1000) + "." + digits(1 + random.nextInt(20));
      case 5 -> "" + random.nextFloat();
      case 6 -> "0." + "0".repeat(random.nextInt(20)) + digits(1 + random.nextInt(10));
      case 7 -> random.nextInt(1000) + "E" + (random.nextBoolean() ? "+" : "") + random.nextInt(20);
      case 8 -> "" + (20 + 60 * random.nextDouble());
      default -> random.nextInt(100) + "." + random.nextInt(10_000);
    };
  }

  private String digits(int count) {
    StringBuilder digits = new StringBuilder().append((char) ('1' + random.nextInt(9)));
    while (digits.length() < count) {
      digits.append((char) ('0' + random.nextInt(10)));
    }
    return digits.toString();
  }

  private String string() {
    return random.nextInt(12) > 0 ? "sensor-" + random.nextInt(300) : pick(STRINGS);
  }

  private String anyValue(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> pick("true", "false", "null");
      case 1, 2 -> number();
      case 3, 4, 5 -> '"' + string() + '"';
      case 6 -> {
        List<String> values = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          values.add(space() + anyValue(depth - 1) + space());
        }
        yield "[" + String.join(",", values) + "]";
      }
      default -> {
        List<String> members = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          members.add(member(name(), anyValue(depth - 1)));
        }
        yield "{" + String.join(",", members) + "}";
      }
    };
  }

  private String space() {
    return pick(SPACES);
  }

  private String pick(String... texts) {
    return texts[random.nextInt(texts.length)];
  }

  /** One small change somewhere. */
  byte[] mutate(byte[] line) {
    if (line.length == 0) {
      return line;
    }
    int at = random.nextInt(line.length);
    return switch (random.nextInt(7)) {
      case 0 -> Arrays.copyOf(line, at);
      case 1 -> splice(line, at, at + 1, new byte[0]);
      case 2 -> splice(line, at, at, new byte[] {INTERESTING[random.nextInt(INTERESTING.length)]});
      case 3 ->
          splice(line, at, at + 1, new byte[] {INTERESTING[random.nextInt(INTERESTING.length)]});
      case 4 -> splice(line, at, at + 1, new byte[] {(byte) random.nextInt(256)});
      case 5 -> splice(line, at, at, BROKEN[random.nextInt(BROKEN.length)]);
      default -> {
        int from = random.nextInt(line.length);
        int to = Math.min(line.length, from + 1 + random.nextInt(20));
        yield splice(line, at, at, Arrays.copyOfRange(line, from, to));
      }
    };
  }

  private static byte[] splice(byte[] line, int from, int to, byte[] with) {
    byte[] spliced = new byte[line.length - (to - from) + with.length];
    System.arraycopy(line, 0, spliced, 0, from);
    System.arraycopy(with, 0, spliced, from, with.length);
    System.arraycopy(line, to, spliced, from + with.length, line.length - to);
    return spliced;
  }
}
