package io.forebay.formats;

import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageRecords;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.ByteOrderMark;
import io.forebay.formats.internal.csv.CsvValues;
import io.forebay.formats.internal.numbers.LooseNumber;

/** Decodes messages that are one number, with ASCII whitespace around it or none. */
final class NumberMessages implements MessageDecoder {
  static final String VALUE = "value";

  private final Schema schema;
  private final int column;
  private final CsvValues values;
  private final LooseNumber number = new LooseNumber();

  NumberMessages(Schema schema) {
    this.schema = schema;
    this.column = schema.indexOf(VALUE);
    this.values = new CsvValues(schema);
    if (column < 0 || !isNumber(schema.field(column).type())) {
      throw new ConfigurationException(
          "messages that are one number need a field 'value' of a number type: declare value:"
              + " float64");
    }
    for (Field field : schema.fields()) {
      if (!field.name().equals(VALUE) && !field.nullable()) {
        throw new ConfigurationException(
            "messages that are one number have no field '"
                + field.name()
                + "': remove it, or put a ? behind its type");
      }
    }
  }

  private static boolean isNumber(ColumnType type) {
    return switch (type) {
      case FLOAT64, FLOAT32, INT64, INT32 -> true;
      default -> false;
    };
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public boolean carriesExtras() {
    return false;
  }

  @Override
  public void decode(byte[] bytes, int from, int length, MessageRecords out)
      throws InterruptedException {
    int start = from;
    int end = from + length;
    if (length >= 3 && ByteOrderMark.isAt(bytes, start)) {
      start += 3;
    }
    while (start < end && isSpace(bytes[start])) {
      start++;
    }
    while (end > start && isSpace(bytes[end - 1])) {
      end--;
    }
    String reason = "";
    try {
      if (ByteOrderMark.isOther(bytes, from, end)) {
        reason = ByteOrderMark.REFUSAL;
      } else if (start == end) {
        reason = "the message is empty";
      } else if (number.scan(bytes, start, end)) {
        values.set(column, number.json(), 0, number.length(), out.writer());
      } else {
        reason = "value: expected a number, found \"" + BadRecord.found(bytes, start, end) + "\"";
      }
    } catch (BadRecord e) {
      reason = String.valueOf(e.getMessage());
    }
    out.settle(reason, Rejection.Text.of(bytes, from, from + length));
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }
}
