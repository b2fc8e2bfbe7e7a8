package io.forebay.formats.internal.points;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.TimestampRange;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.LineProtocolLayout;
import io.forebay.formats.api.LineProtocolOptions;
import io.forebay.formats.api.TimePrecision;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.NameSet;
import io.forebay.formats.internal.bytes.Names;
import io.forebay.formats.internal.json.JsonScanner;
import io.forebay.formats.internal.numbers.LooseNumber;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;

/**
 * Reads a point of InfluxDB line protocol straight into a {@link RecordWriter}:
 *
 * <pre>{@code
 * measurement[,tag=value…] field=value[,field=value…] [timestamp]
 * }</pre>
 *
 * As InfluxDB does, a comma, equals sign or space is part of a name or tag where a backslash stands
 * before it; a field is a number, {@code 12i}, {@code 12u}, a truth value in seven spellings, or a
 * text in quotes, which may hold newlines. Stricter: a name appears once in a point.
 */
public final class LineProtocolRecords {
  private static final String MEASUREMENT = "measurement";
  private static final String SENSOR = "sensorId";
  private static final int NONE = -1;

  private final Schema schema;
  private final ColumnType[] types;
  private final FormatLimits limits;
  private final LineProtocolOptions options;
  private final Names names;
  private final NameSet seen = new NameSet();
  private final boolean[] set;
  private final int timeColumn;
  private final LineProtocolText key = new LineProtocolText();
  private final LineProtocolText value = new LineProtocolText();
  private final LineProtocolExtras extras;
  private final LineProtocolValues values;
  private int members;
  private int reached;

  public LineProtocolRecords(
      Schema schema, FormatLimits limits, Set<String> replaced, LineProtocolOptions options) {
    this.schema = schema;
    this.limits = limits;
    this.options = options;
    types = schema.fields().stream().map(Field::type).toArray(ColumnType[]::new);
    names = new Names(schema);
    set = new boolean[types.length];
    timeColumn = timeColumn(schema);
    extras = new LineProtocolExtras(replaced);
    values = new LineProtocolValues(schema, limits);
  }

  private static int timeColumn(Schema schema) {
    int column = schema.indexOf(schema.has("timestamp") ? "timestamp" : "time");
    if (column >= 0
        && !LineProtocolLayout.isTimestamp(schema.field(column).type())
        && schema.field(column).type() != ColumnType.INT64) {
      throw new ConfigurationException(
          "the field '"
              + schema.field(column).name()
              + "' takes the time of points of line protocol, so it cannot be "
              + schema.field(column).type()
              + ": declare it as timestamp-ns or another timestamp type");
    }
    return column;
  }

  public Schema schema() {
    return schema;
  }

  /** Behind what was understood of the point that could not be read. */
  public int reached() {
    return reached;
  }

  /**
   * Reads the point at {@code from}, which is no space, comment or newline.
   *
   * @param limit the end of the message, where a newline is
   * @return the index of the newline that ends the point
   * @throws BadRecord if it is not a record; some columns of {@code out} may be set
   */
  public int read(byte[] bytes, int from, int limit, RecordWriter out) throws BadRecord {
    seen.clear();
    Arrays.fill(set, false);
    extras.clear();
    members = 0;
    reached = from;
    int p = key.scan(bytes, from, LineProtocolText.MEASUREMENT);
    if (key.length() == 0) {
      throw new BadRecord(from, "expected a measurement");
    }
    while (bytes[p] == ',') {
      p = tag(bytes, p + 1, out);
    }
    reached = p;
    int gap = p;
    p = JsonScanner.space(bytes, p);
    if (bytes[p] == '\n' || p == gap) {
      throw new BadRecord(p, "expected a space and a field behind the measurement and its tags");
    }
    p = field(bytes, p, limit, out);
    while (bytes[p] == ',') {
      p = field(bytes, p + 1, limit, out);
    }
    reached = p;
    gap = p;
    p = JsonScanner.space(bytes, p);
    if (bytes[p] == '\n') {
      arrival(out);
    } else if (p == gap) {
      throw new BadRecord(p, "expected ',' or a space behind a field");
    } else {
      p = timestamp(bytes, p, out);
    }
    // The measurement comes last: a tag or field of the same name goes before it.
    key.scan(bytes, from, LineProtocolText.MEASUREMENT);
    measurement(out);
    for (int i = 0; i < set.length; i++) {
      if (!set[i] && !schema.field(i).nullable()) {
        throw new BadRecord(-1, names.of(i) + ": missing, and the field is not nullable");
      }
    }
    extras.writeTo(out);
    return p;
  }

  private int tag(byte[] bytes, int at, RecordWriter out) throws BadRecord {
    int p = name(bytes, at);
    p = value.scan(bytes, p, LineProtocolText.KEY);
    if (bytes[p] == '=') {
      throw new BadRecord(p, "'=' in the value of a tag needs a backslash before it");
    }
    if (value.length() == 0) {
      throw new BadRecord(p, "a tag has no value");
    }
    int column = column(at);
    if (column == NONE) {
      extras.text(key, value);
    } else {
      values.tag(column, value, out);
      set[column] = true;
    }
    reached = p;
    return p;
  }

  /** Reads a name and the equals sign; returns the index behind it. */
  private int name(byte[] bytes, int at) throws BadRecord {
    reached = at;
    int p = key.scan(bytes, at, LineProtocolText.KEY);
    if (key.length() == 0) {
      throw new BadRecord(at, "expected a name");
    }
    if (bytes[p] != '=') {
      throw new BadRecord(p, "expected '=' behind a name, found " + JsonScanner.found(bytes, p));
    }
    return p + 1;
  }

  /** The column of the name that was read, or {@link #NONE}; refuses a name's second time. */
  private int column(int at) throws BadRecord {
    if (++members > limits.members()) {
      throw new BadRecord(at, "the point has more than " + limits.members() + " tags and fields");
    }
    int column = names.find(key.bytes(), key.from(), key.length());
    boolean twice =
        column == NONE ? !seen.add(1, key.bytes(), key.from(), key.length()) : set[column];
    if (twice) {
      throw new BadRecord(
          at,
          "the name \""
              + BadRecord.found(key.bytes(), key.from(), key.from() + key.length())
              + "\" appears twice");
    }
    return column;
  }

  private int field(byte[] bytes, int at, int limit, RecordWriter out) throws BadRecord {
    int start = name(bytes, at);
    int column = column(at);
    reached = start;
    int p;
    if (bytes[start] == '"') {
      p = value.scanQuoted(bytes, start, limit);
      if (column == NONE) {
        extras.text(key, value);
      } else {
        values.text(column, value, out);
      }
    } else {
      p = start;
      while (bytes[p] != ',' && bytes[p] > ' ') {
        p++;
      }
      LineProtocolValues.Kind kind = values.scan(bytes, start, p);
      if (column == NONE) {
        extras.scalar(key, values, kind);
      } else {
        values.scalar(column, kind, bytes, start, p, out);
      }
    }
    if (column != NONE) {
      set[column] = true;
    }
    reached = p;
    return p;
  }

  /** Reads the time and what follows it; returns the index of the newline. */
  private int timestamp(byte[] bytes, int at, RecordWriter out) throws BadRecord {
    int p = at + (bytes[at] == '-' ? 1 : 0);
    while (LooseNumber.isDigit(bytes[p])) {
      p++;
    }
    long time;
    try {
      time = Long.parseLong(LineProtocolText.ascii(bytes, at, p));
    } catch (NumberFormatException e) {
      throw new BadRecord(
          at, "expected a timestamp of at most 19 digits, found " + JsonScanner.found(bytes, at));
    }
    int end = JsonScanner.space(bytes, p);
    if (bytes[end] != '\n') {
      throw new BadRecord(
          end, "expected the end of the line, found " + JsonScanner.found(bytes, end));
    }
    if (timeColumn == NONE || set[timeColumn]) {
      extras.time(freeName("timestamp"), time);
      return end;
    }
    out.setLong(timeColumn, time(at, time));
    set[timeColumn] = true;
    return end;
  }

  /** The time of a point in the unit of its column. */
  private long time(int at, long time) throws BadRecord {
    ColumnType type = types[timeColumn];
    if (type == ColumnType.INT64) {
      return time;
    }
    try {
      long value = options.precision().to(type, time);
      if (TimestampRange.contains(type, value)) {
        return value;
      }
    } catch (ArithmeticException e) {
      // Far outside.
    }
    String unit = TimestampRange.unit(time);
    throw new BadRecord(
        at,
        names.of(timeColumn)
            + ": the time "
            + time
            + " in units of "
            + options.precision()
            + " is out of the range of a "
            + type
            + " ("
            + TimestampRange.words(type)
            + ")"
            + (unit.isEmpty() ? "" : "; it looks like " + unit + ": send that as the precision"));
  }

  private void arrival(RecordWriter out) {
    if (timeColumn == NONE || set[timeColumn] || options.arrival().isEmpty()) {
      return;
    }
    Instant now = options.arrival().get().instant();
    long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    ColumnType type = types[timeColumn];
    out.setLong(
        timeColumn,
        type == ColumnType.INT64
            ? options.precision().from(ColumnType.TIMESTAMP_NS, nanos)
            : TimePrecision.NANOSECONDS.to(type, nanos));
    set[timeColumn] = true;
  }

  private void measurement(RecordWriter out) throws BadRecord {
    boolean used = false;
    for (String name : new String[] {MEASUREMENT, SENSOR}) {
      int column = schema.indexOf(name);
      if (column >= 0 && !set[column]) {
        values.tag(column, key, out);
        set[column] = true;
        used = true;
      }
    }
    if (!used) {
      extras.measurement(freeName(MEASUREMENT), key);
    }
  }

  /** A name for what a point has beside its tags and fields that none of these has. */
  private String freeName(String wish) {
    String name = wish;
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    while (schema.has(name) || !seen.add(1, utf8, 0, utf8.length)) {
      name += "OfPoint";
      utf8 = name.getBytes(StandardCharsets.UTF_8);
    }
    return name;
  }
}
