package io.forebay.testkit;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps what a source hands in, as plain values. Used by one thread. */
public class CollectingWriter implements RecordWriter {
  private final Schema schema;
  private final Map<String, Object> values = new LinkedHashMap<>();
  private String extras = "";
  private final List<Line> lines = new ArrayList<>();

  /** A record that was appended, or one that was rejected: then it has a reason. */
  public record Line(
      long sequence,
      long offset,
      Map<String, Object> values,
      String extras,
      String reason,
      String excerpt,
      long cutBytes) {
    /** Whether it was rejected. */
    public boolean isRejected() {
      return !reason.isEmpty();
    }
  }

  /** Takes records of {@code schema}. */
  public CollectingWriter(Schema schema) {
    this.schema = schema;
  }

  /** What was handed in, in order; what is removed is forgotten. */
  public final List<Line> lines() {
    return lines;
  }

  /** The records. */
  public final List<Line> accepted() {
    return lines.stream().filter(line -> !line.isRejected()).toList();
  }

  /** What could not be read. */
  public final List<Line> rejected() {
    return lines.stream().filter(Line::isRejected).toList();
  }

  private void set(int column, Object value) {
    values.put(schema.field(column).name(), value);
  }

  @Override
  public void setBool(int column, boolean value) {
    set(column, value);
  }

  @Override
  public void setLong(int column, long value) {
    if (schema.field(column).type() == ColumnType.INT32) {
      Math.toIntExact(value);
    }
    set(column, value);
  }

  @Override
  public void setDouble(int column, double value) {
    set(column, value);
  }

  @Override
  public void setString(int column, byte[] utf8, int from, int length) {
    set(column, new String(utf8, from, length, StandardCharsets.UTF_8));
  }

  @Override
  public void setString(int column, String text) {
    set(column, text);
  }

  @Override
  public void setBinary(int column, byte[] bytes, int from, int length) {
    set(column, new String(bytes, from, length, StandardCharsets.ISO_8859_1));
  }

  @Override
  public void setDoubles(int column, double[] list, int from, int length) {
    set(column, Arrays.stream(list, from, from + length).boxed().toList());
  }

  @Override
  public void setNull(int column) {
    values.remove(schema.field(column).name());
  }

  @Override
  public void setExtras(byte[] utf8, int from, int length) {
    extras = new String(utf8, from, length, StandardCharsets.UTF_8);
  }

  @Override
  public void append(long sequence, long offset) {
    Map<String, Object> ordered = new LinkedHashMap<>();
    for (Field field : schema.fields()) {
      Object value = values.get(field.name());
      if (value != null) {
        ordered.put(field.name(), value);
      } else if (!field.nullable()) {
        throw new IllegalStateException("not set: " + field);
      }
    }
    lines.add(new Line(sequence, offset, ordered, extras, "", "", 0));
    clear();
  }

  @Override
  public void reject(long sequence, long offset, String reason, Rejection.Text text) {
    lines.add(new Line(sequence, offset, Map.of(), "", reason, text.start(), text.cutBytes()));
    clear();
  }

  @Override
  public void clear() {
    values.clear();
    extras = "";
  }
}
