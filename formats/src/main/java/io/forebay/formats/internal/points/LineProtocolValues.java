package io.forebay.formats.internal.points;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.csv.CsvValues;
import io.forebay.formats.internal.numbers.LooseNumber;

/** Sets declared columns from the tags and fields of points. */
final class LineProtocolValues {
  /** What an unquoted field is. */
  enum Kind {
    NUMBER,
    INTEGER,
    TRUE,
    FALSE
  }

  private final Schema schema;
  private final FormatLimits limits;
  private final CsvValues texts;
  private final LooseNumber number = new LooseNumber();

  LineProtocolValues(Schema schema, FormatLimits limits) {
    this.schema = schema;
    this.limits = limits;
    texts = new CsvValues(schema);
  }

  /** Sets a column from a tag, which is text whatever it says: a number of it is read as such. */
  void tag(int column, LineProtocolText tag, RecordWriter out) throws BadRecord {
    check(tag);
    texts.set(column, tag.bytes(), tag.from(), tag.from() + tag.length(), out);
  }

  /** Sets a column from a field in quotes. */
  void text(int column, LineProtocolText text, RecordWriter out) throws BadRecord {
    check(text);
    switch (type(column)) {
      case FLOAT64, FLOAT32, INT64, INT32, BOOL ->
          throw wrong(
              column,
              "text \""
                  + BadRecord.found(text.bytes(), text.from(), text.from() + text.length())
                  + "\"");
      case TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS, FLOAT64_LIST -> {
        if (text.length() == 0) {
          throw wrong(column, "an empty text");
        }
        texts.set(column, text.bytes(), text.from(), text.from() + text.length(), out);
      }
      case STRING, BINARY ->
          texts.set(column, text.bytes(), text.from(), text.from() + text.length(), out);
    }
  }

  private void check(LineProtocolText text) throws BadRecord {
    if (text.length() > limits.stringBytes()) {
      throw new BadRecord(-1, "a text is longer than " + limits.stringBytes() + " bytes");
    }
  }

  /** Reads the unquoted field at {@code [from, to)}; a number is kept as JSON. */
  Kind scan(byte[] bytes, int from, int to) throws BadRecord {
    if (from == to) {
      throw new BadRecord(from, "a field has no value");
    }
    byte last = bytes[to - 1];
    boolean isInteger = (last == 'i' || last == 'u') && to - from > 1;
    int end = isInteger ? to - 1 : to;
    if (bytes[from] != '+' && number.scan(bytes, from, end)) {
      if (isInteger) {
        checkRange(last == 'u', bytes, from, to);
        return Kind.INTEGER;
      }
      return Kind.NUMBER;
    }
    return switch (LineProtocolText.ascii(bytes, from, Math.min(to, from + 6))) {
      case "t", "T", "true", "True", "TRUE" -> Kind.TRUE;
      case "f", "F", "false", "False", "FALSE" -> Kind.FALSE;
      default ->
          throw new BadRecord(
              from,
              "expected a number, a truth value or a text in quotes, found "
                  + BadRecord.found(bytes, from, to));
    };
  }

  private void checkRange(boolean unsigned, byte[] bytes, int from, int to) throws BadRecord {
    String digits = LineProtocolText.ascii(number.json(), 0, number.length());
    try {
      if (unsigned) {
        Long.parseUnsignedLong(digits);
      } else {
        Long.parseLong(digits);
      }
    } catch (NumberFormatException e) {
      throw new BadRecord(
          from,
          BadRecord.found(bytes, from, to)
              + " is no "
              + (unsigned ? "unsigned " : "")
              + "integer of 64 bits");
    }
  }

  /** The number that {@link #scan} has read, in JSON. */
  LooseNumber number() {
    return number;
  }

  /** Sets a column from the field that {@link #scan} has read. */
  void scalar(int column, Kind kind, byte[] bytes, int from, int to, RecordWriter out)
      throws BadRecord {
    ColumnType type = type(column);
    boolean isTruth = kind == Kind.TRUE || kind == Kind.FALSE;
    switch (type) {
      case BOOL -> {
        if (!isTruth) {
          throw wrong(column, BadRecord.found(bytes, from, to));
        }
        out.setBool(column, kind == Kind.TRUE);
      }
      case STRING, BINARY, FLOAT64_LIST -> throw wrong(column, BadRecord.found(bytes, from, to));
      default -> {
        if (isTruth) {
          throw wrong(column, BadRecord.found(bytes, from, to));
        }
        texts.set(column, number.json(), 0, number.length(), out);
      }
    }
  }

  private ColumnType type(int column) {
    return schema.field(column).type();
  }

  private BadRecord wrong(int column, String found) {
    return new BadRecord(
        -1, schema.field(column).name() + ": expected " + type(column) + ", found " + found);
  }
}
