package io.forebay.formats;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;
import io.forebay.columns.TimestampRange;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.LineProtocolLayout;
import io.forebay.formats.api.NonFinite;
import io.forebay.formats.api.TimePrecision;
import io.forebay.formats.internal.columns.NumberText;
import io.forebay.formats.internal.points.LineProtocolFields;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of batches of one schema as points of InfluxDB line protocol. An integer or
 * timestamp has the suffix {@code i}; a binary is base64 text, a list a JSON array in a text; null,
 * NaN and infinite values are left out, with one warning for the latter two. Of the extras, numbers
 * (as floats), truth values and texts become fields of their names, objects and arrays texts in
 * JSON. A newline in a tag becomes a space and backslashes at its end are left out: line protocol
 * cannot express them.
 */
final class LineProtocolRows implements RowText {
  private final List<Part> tags = new ArrayList<>();
  private final List<Part> fields = new ArrayList<>();
  private final byte[] measurement;
  private final LineProtocolLayout layout;
  private final int timeColumn;
  private final ColumnType timeType;
  private final NonFinite nonFinite;
  private final LineProtocolFields extraFields = new LineProtocolFields();
  private @Nullable Batch batch;
  private @Nullable StringColumn extras;
  private String problem = "";

  /** A column, and {@code ,name=} of it. */
  private record Part(int column, Field field, Bytes prefix) {
    void begin(Bytes out) {
      out.put(prefix.array(), 0, prefix.length());
    }
  }

  LineProtocolRows(Schema schema, LineProtocolLayout layout, NonFinite nonFinite) {
    this.layout = layout;
    this.nonFinite = nonFinite;
    timeColumn = layout.timestamp().map(name -> timeColumn(schema, name)).orElse(-1);
    timeType = timeColumn < 0 ? ColumnType.TIMESTAMP_NS : schema.field(timeColumn).type();
    Bytes name = new Bytes(64);
    LineProtocolFields.putName(name, layout.measurement(), false);
    measurement = Arrays.copyOf(name.array(), name.length());
    for (String tag : layout.tags()) {
      if (schema.field(tag).type() != ColumnType.STRING) {
        throw new ConfigurationException(
            "the tag '"
                + tag
                + "' is "
                + schema.field(tag).type()
                + ", but tags are texts: name a string column, or leave it a field");
      }
      tags.add(part(schema, schema.indexOf(tag)));
    }
    for (int i = 0; i < schema.size(); i++) {
      if (i != timeColumn && !layout.tags().contains(schema.field(i).name())) {
        fields.add(part(schema, i));
      }
    }
  }

  private static int timeColumn(Schema schema, String name) {
    if (!LineProtocolLayout.isTimestamp(schema.field(name).type())) {
      throw new ConfigurationException(
          "the time '" + name + "' is " + schema.field(name).type() + ": name a timestamp column");
    }
    return schema.indexOf(name);
  }

  private static Part part(Schema schema, int column) {
    Bytes prefix = new Bytes(64);
    prefix.put(',');
    LineProtocolFields.putName(prefix, schema.field(column).name(), true);
    prefix.put('=');
    return new Part(column, schema.field(column), prefix);
  }

  @Override
  public void load(Batch batch) {
    this.batch = batch;
    extras = batch.extras().orElse(null);
  }

  @Override
  public boolean put(int row, Bytes out) {
    Batch rows = Objects.requireNonNull(batch, "load comes first");
    int start = out.length();
    out.put(measurement);
    for (Part tag : tags) {
      StringColumn column = (StringColumn) rows.column(tag.column());
      if (!column.isNull(row)) {
        putTag(tag, column.utf8(row), out);
      }
    }
    int before = out.length();
    for (Part field : fields) {
      Column column = rows.column(field.column());
      if (!column.isNull(row)) {
        putField(field, column, row, out);
      }
    }
    if (extras != null && !extras.isNull(row)) {
      extraFields.put(extras.utf8(row), out);
    }
    if (out.length() == before) {
      out.length(start);
      problem = "the record has no value that could be a field, and a point needs one";
      return false;
    }
    // Each field begins with a comma; the first one has a space in its place.
    out.array()[before] = ' ';
    if (timeColumn >= 0 && !rows.column(timeColumn).isNull(row)) {
      out.put(' ');
      Int64Column times = (Int64Column) rows.column(timeColumn);
      if (!putTime(times.get(row), out)) {
        out.length(start);
        problem =
            times.field().name()
                + ": the time "
                + times.get(row)
                + " is one of those that a point in "
                + layout.precision()
                + " cannot have: they reach from 1677-09-22 to 2262-04-11";
        return false;
      }
    }
    return true;
  }

  /** Writes the time of a point; false if its unit cannot say it. */
  private boolean putTime(long time, Bytes out) {
    try {
      long converted = layout.precision().from(timeType, time);
      if (layout.precision() == TimePrecision.NANOSECONDS
          && !TimestampRange.contains(ColumnType.TIMESTAMP_NS, converted)) {
        return false;
      }
      NumberText.put(out, converted);
      return true;
    } catch (ArithmeticException e) {
      return false;
    }
  }

  @Override
  public String problem() {
    return problem;
  }

  private static void putTag(Part tag, MemorySegment utf8, Bytes out) {
    String value = new String(utf8.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    int start = out.length();
    tag.begin(out);
    int before = out.length();
    LineProtocolFields.putName(out, value, true);
    if (out.length() == before) {
      // An empty tag is no tag.
      out.length(start);
    }
  }

  private void putField(Part field, Column column, int row, Bytes out) {
    int start = out.length();
    field.begin(out);
    switch (column) {
      case Float64Column c -> putDouble(field, c.get(row), start, out);
      case Float32Column c -> {
        float value = c.get(row);
        if (Float.isFinite(value)) {
          NumberText.put(out, value);
        } else {
          nonFinite.found(field.field(), value);
          out.length(start);
        }
      }
      case Int64Column c -> {
        NumberText.put(out, c.get(row));
        out.put('i');
      }
      case Int32Column c -> {
        NumberText.put(out, c.get(row));
        out.put('i');
      }
      case BoolColumn c -> out.putAscii(c.get(row) ? "true" : "false");
      case StringColumn c -> LineProtocolFields.putText(out, c.utf8(row));
      case BinaryColumn c -> {
        out.put('"');
        out.put(Base64.getEncoder().encode(c.get(row)));
        out.put('"');
      }
      case Float64ListColumn c -> putList(field, c, row, out);
    }
  }

  private void putDouble(Part field, double value, int start, Bytes out) {
    if (Double.isFinite(value)) {
      NumberText.put(out, value);
    } else {
      nonFinite.found(field.field(), value);
      out.length(start);
    }
  }

  private void putList(Part field, Float64ListColumn column, int row, Bytes out) {
    double[] values = column.get(row);
    out.putAscii("\"[");
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        out.put(',');
      }
      if (Double.isFinite(values[i])) {
        NumberText.put(out, values[i]);
      } else {
        nonFinite.found(field.field(), values[i]);
        out.putAscii("null");
      }
    }
    out.putAscii("]\"");
  }
}
