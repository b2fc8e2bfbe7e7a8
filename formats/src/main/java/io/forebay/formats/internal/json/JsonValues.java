package io.forebay.formats.internal.json;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.TimestampRange;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.Words;
import io.forebay.formats.internal.numbers.Decimal;
import io.forebay.formats.internal.numbers.Timestamps;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Reads the JSON value of a declared field and sets its column. */
public final class JsonValues {
  private final Schema schema;
  private final JsonScanner scanner;
  private final Decimal number;
  private double[] list = new double[16];

  JsonValues(Schema schema, JsonScanner scanner, Decimal number) {
    this.schema = schema;
    this.scanner = scanner;
    this.number = number;
  }

  /** Reads the value at {@code p}; returns the index behind it. */
  int read(ColumnType type, int field, byte[] bytes, int p, RecordWriter out) throws BadRecord {
    byte b = bytes[p];
    if (b == 'n' && Words.isNull(bytes, p)) {
      return readNull(field, p, out);
    }
    return switch (type) {
      case FLOAT64, FLOAT32 -> {
        if (!startsNumber(b)) {
          throw wrong(bytes, p, field, "a number");
        }
        int end = number.scan(bytes, p);
        double value = type == ColumnType.FLOAT64 ? number.toDouble(bytes) : number.toFloat(bytes);
        if (Double.isInfinite(value)) {
          throw tooLarge(bytes, p, field);
        }
        out.setDouble(field, value);
        yield end;
      }
      case TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS -> {
        if (b == '"') {
          int end = scanner.string(bytes, p);
          scanner.unescape(bytes);
          out.setLong(field, timestamp(type, field, p));
          yield end;
        }
        if (!startsNumber(b)) {
          throw wrong(bytes, p, field, "a timestamp");
        }
        int end = number.scan(bytes, p);
        long value = integer(field, bytes, p);
        if (!TimestampRange.contains(type, value)) {
          throw new BadRecord(p, name(field) + ": " + TimestampRange.problem(type, value));
        }
        out.setLong(field, value);
        yield end;
      }
      case INT64, INT32 -> {
        if (!startsNumber(b)) {
          throw wrong(bytes, p, field, "an integer");
        }
        int end = number.scan(bytes, p);
        out.setLong(field, integer(field, bytes, p));
        yield end;
      }
      case STRING -> {
        if (b != '"') {
          throw wrong(bytes, p, field, "a string");
        }
        int end = scanner.string(bytes, p);
        scanner.unescape(bytes);
        out.setString(field, scanner.text(), scanner.textFrom(), scanner.textLength());
        yield end;
      }
      case BOOL -> {
        boolean isTrue = Words.isTrue(bytes, p);
        if (!isTrue && !Words.isFalse(bytes, p)) {
          throw wrong(bytes, p, field, "true or false");
        }
        out.setBool(field, isTrue);
        yield isTrue ? p + 4 : p + 5;
      }
      case BINARY -> {
        if (b != '"') {
          throw wrong(bytes, p, field, "base64 text");
        }
        int end = scanner.string(bytes, p);
        scanner.unescape(bytes);
        byte[] content = base64(scanner.copyText());
        if (content == null) {
          throw wrong(bytes, p, field, "base64 text");
        }
        out.setBinary(field, content, 0, content.length);
        yield end;
      }
      case FLOAT64_LIST -> readList(field, bytes, p, out);
    };
  }

  private int readNull(int field, int p, RecordWriter out) throws BadRecord {
    if (!schema.field(field).nullable()) {
      throw new BadRecord(p, name(field) + ": null, and the field is not nullable");
    }
    out.setNull(field);
    return p + 4;
  }

  /** The number that was scanned last, as the value of an integer or timestamp field. */
  private long integer(int field, byte[] bytes, int p) throws BadRecord {
    if (number.narrowToLong(bytes)) {
      long value = number.toLong();
      if (field(field).type() != ColumnType.INT32 || value == (int) value) {
        return value;
      }
    }
    throw new BadRecord(
        p,
        name(field)
            + ": "
            + JsonScanner.found(bytes, p)
            + " is not a value of "
            + field(field).type());
  }

  /** The text that was scanned last. */
  private long timestamp(ColumnType type, int field, int p) throws BadRecord {
    try {
      return Timestamps.parse(scanner.text(), scanner.textFrom(), scanner.textLength(), type);
    } catch (DateTimeException e) {
      throw new BadRecord(p, name(field) + ": " + e.getMessage());
    }
  }

  private int readList(int field, byte[] bytes, int p, RecordWriter out) throws BadRecord {
    if (bytes[p] != '[') {
      throw wrong(bytes, p, field, "a list of numbers");
    }
    int size = 0;
    int at = JsonScanner.space(bytes, p + 1);
    if (bytes[at] == ']') {
      out.setDoubles(field, list, 0, 0);
      return at + 1;
    }
    while (true) {
      if (!startsNumber(bytes[at])) {
        throw wrong(bytes, at, field, "a number in the list");
      }
      int start = at;
      at = number.scan(bytes, at);
      double value = number.toDouble(bytes);
      if (Double.isInfinite(value)) {
        throw tooLarge(bytes, start, field);
      }
      if (size == list.length) {
        list = Arrays.copyOf(list, 2 * size);
      }
      list[size++] = value;
      at = JsonScanner.space(bytes, at);
      if (bytes[at] == ']') {
        out.setDoubles(field, list, 0, size);
        return at + 1;
      }
      JsonScanner.expect(bytes, at, ',', "',' or ']'");
      at = JsonScanner.space(bytes, at + 1);
    }
  }

  public static boolean startsNumber(byte b) {
    return (b <= '9' && b >= '0') || b == '-';
  }

  private static byte @Nullable [] base64(byte[] text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private BadRecord wrong(byte[] bytes, int p, int field, String expected) {
    return new BadRecord(
        p, name(field) + ": expected " + expected + ", found " + JsonScanner.found(bytes, p));
  }

  private BadRecord tooLarge(byte[] bytes, int p, int field) {
    return new BadRecord(
        p,
        name(field)
            + ": "
            + JsonScanner.found(bytes, p)
            + " is too large for "
            + field(field).type());
  }

  private Field field(int index) {
    return schema.field(index);
  }

  private String name(int field) {
    return schema.field(field).name();
  }
}
