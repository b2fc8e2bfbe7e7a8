package io.forebay.formats.internal.csv;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.TimestampRange;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.Words;
import io.forebay.formats.internal.json.JsonScanner;
import io.forebay.formats.internal.json.JsonValues;
import io.forebay.formats.internal.numbers.Decimal;
import io.forebay.formats.internal.numbers.Timestamps;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.Base64;

/** Sets the columns of a record from the cells of a CSV row. */
public final class CsvValues {
  private final Field[] fields;
  private final Decimal number = new Decimal();
  private double[] list = new double[16];

  public CsvValues(Schema schema) {
    fields = schema.fields().toArray(Field[]::new);
  }

  /**
   * Sets columns.
   *
   * @param columns for each cell of the row its column
   */
  public void read(byte[] bytes, CsvCells cells, int[] columns, RecordWriter out) throws BadRecord {
    for (int cell = 0; cell < columns.length; cell++) {
      int column = columns[cell];
      Field field = fields[column];
      if (isNull(cells, cell, field.type())) {
        if (!field.nullable()) {
          throw new BadRecord(-1, field.name() + ": empty, and the field is not nullable");
        }
        out.setNull(column);
      } else if (cells.isDoubled(cell)) {
        byte[] text = cells.undoubled(bytes, cell);
        set(column, text, 0, cells.undoubledLength(), out);
      } else {
        set(column, bytes, cells.start(cell), cells.end(cell), out);
      }
    }
  }

  /** Whether a row with the fields in their order has a value that is no text. */
  public boolean hasOtherThanText(CsvCells cells) {
    for (int i = 0; i < fields.length; i++) {
      if (hasNoEmptyText(fields[i].type()) && !isNull(cells, i, fields[i].type())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNull(CsvCells cells, int cell, ColumnType type) {
    return cells.isNull(cell) || (cells.isEmpty(cell) && hasNoEmptyText(type));
  }

  private static boolean hasNoEmptyText(ColumnType type) {
    return type != ColumnType.STRING && type != ColumnType.BINARY;
  }

  /**
   * Sets a column from a text behind which something stands that is no digit.
   *
   * @throws BadRecord if the text is no value of the column
   */
  public void set(int column, byte[] bytes, int from, int to, RecordWriter out) throws BadRecord {
    ColumnType type = fields[column].type();
    switch (type) {
      case STRING -> out.setString(column, bytes, from, to - from);
      case FLOAT64, FLOAT32 -> {
        scan(column, bytes, from, to);
        double value = type == ColumnType.FLOAT64 ? number.toDouble(bytes) : number.toFloat(bytes);
        if (Double.isInfinite(value)) {
          throw unfit(column, bytes, from, to);
        }
        out.setDouble(column, value);
      }
      case INT64, INT32 -> {
        scan(column, bytes, from, to);
        out.setLong(column, integer(column, bytes, from, to));
      }
      case TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS ->
          out.setLong(column, timestamp(column, bytes, from, to));
      case BOOL -> {
        boolean isTrue = to - from == 4 && Words.isTrue(bytes, from);
        if (!isTrue && !(to - from == 5 && Words.isFalse(bytes, from))) {
          throw wrong(column, "true or false", bytes, from, to);
        }
        out.setBool(column, isTrue);
      }
      case BINARY -> {
        try {
          byte[] content = Base64.getDecoder().decode(Arrays.copyOfRange(bytes, from, to));
          out.setBinary(column, content, 0, content.length);
        } catch (IllegalArgumentException e) {
          throw wrong(column, "base64 text", bytes, from, to);
        }
      }
      case FLOAT64_LIST -> {
        int size = list(column, bytes, from, to);
        out.setDoubles(column, list, 0, size);
      }
    }
  }

  private void scan(int column, byte[] bytes, int from, int to) throws BadRecord {
    if (!isNumber(number, bytes, from, to)) {
      throw wrong(column, "a number", bytes, from, to);
    }
  }

  /** Whether the whole cell is a JSON number. */
  public static boolean isNumber(Decimal number, byte[] bytes, int from, int to) {
    if (!JsonValues.startsNumber(bytes[from])) {
      return false;
    }
    try {
      return number.scan(bytes, from) == to;
    } catch (BadRecord e) {
      return false;
    }
  }

  private long integer(int column, byte[] bytes, int from, int to) throws BadRecord {
    if (number.narrowToLong(bytes)) {
      long value = number.toLong();
      if (fields[column].type() != ColumnType.INT32 || value == (int) value) {
        return value;
      }
    }
    throw unfit(column, bytes, from, to);
  }

  private long timestamp(int column, byte[] bytes, int from, int to) throws BadRecord {
    if (isNumber(number, bytes, from, to)) {
      long value = integer(column, bytes, from, to);
      ColumnType type = fields[column].type();
      if (!TimestampRange.contains(type, value)) {
        throw new BadRecord(-1, fields[column].name() + ": " + TimestampRange.problem(type, value));
      }
      return value;
    }
    try {
      return Timestamps.parse(bytes, from, to - from, fields[column].type());
    } catch (DateTimeException e) {
      throw new BadRecord(-1, fields[column].name() + ": " + e.getMessage());
    }
  }

  /** Reads a list as CSV holds it: a JSON array of numbers. */
  private int list(int column, byte[] bytes, int from, int to) throws BadRecord {
    int last = to - 1;
    if (last <= from || bytes[from] != '[' || bytes[last] != ']') {
      throw wrong(column, "a list of numbers", bytes, from, to);
    }
    int size = 0;
    int p = JsonScanner.space(bytes, from + 1);
    if (p == last) {
      return 0;
    }
    while (true) {
      int end = numberEnd(bytes, p);
      if (end < 0) {
        throw wrong(column, "a list of numbers", bytes, from, to);
      }
      double value = number.toDouble(bytes);
      if (Double.isInfinite(value)) {
        throw unfit(column, bytes, p, end);
      }
      if (size == list.length) {
        list = Arrays.copyOf(list, 2 * size);
      }
      list[size++] = value;
      p = JsonScanner.space(bytes, end);
      if (p == last) {
        return size;
      }
      if (bytes[p] != ',') {
        throw wrong(column, "a list of numbers", bytes, from, to);
      }
      p = JsonScanner.space(bytes, p + 1);
    }
  }

  private int numberEnd(byte[] bytes, int p) {
    try {
      return JsonValues.startsNumber(bytes[p]) ? number.scan(bytes, p) : -1;
    } catch (BadRecord e) {
      return -1;
    }
  }

  private BadRecord wrong(int column, String expected, byte[] bytes, int from, int to) {
    return new BadRecord(
        -1, fields[column].name() + ": expected " + expected + ", found " + quote(bytes, from, to));
  }

  private BadRecord unfit(int column, byte[] bytes, int from, int to) {
    return new BadRecord(
        -1,
        fields[column].name()
            + ": "
            + BadRecord.found(bytes, from, to)
            + " is not a value of "
            + fields[column].type());
  }

  private static String quote(byte[] bytes, int from, int to) {
    return '"' + BadRecord.found(bytes, from, to) + '"';
  }
}
