package io.forebay.internal.rows;

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
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows as bytes, for files that a crash must not spoil: for each column u8 0 (null), or u8 1 and
 * the value; then the extras alike. Integers and times are i64, floats f64, bool u8; texts,
 * binaries and lists have their length (i32) before them. Big endian, as {@link DataOutput} is.
 */
public final class RowCodec {
  private RowCodec() {}

  /** Writes the values and the extras of a row, without its partition and sequence. */
  public static void write(Batch batch, int row, DataOutput out) throws IOException {
    for (int i = 0; i < batch.schema().size(); i++) {
      Column column = batch.column(i);
      boolean present = !column.isNull(row);
      out.writeBoolean(present);
      if (present) {
        write(column, row, out);
      }
    }
    StringColumn extras = batch.extras().orElse(null);
    if (extras == null || extras.isNull(row)) {
      out.writeBoolean(false);
    } else {
      out.writeBoolean(true);
      write(extras, row, out);
    }
  }

  private static void write(Column column, int row, DataOutput out) throws IOException {
    switch (column) {
      case BoolColumn values -> out.writeBoolean(values.get(row));
      case Int32Column values -> out.writeLong(values.get(row));
      case Int64Column values -> out.writeLong(values.get(row));
      case Float32Column values -> out.writeDouble(values.get(row));
      case Float64Column values -> out.writeDouble(values.get(row));
      case StringColumn values -> bytes(values.utf8(row).toArray(ValueLayout.JAVA_BYTE), out);
      case BinaryColumn values -> bytes(values.get(row), out);
      case Float64ListColumn values -> {
        double[] numbers = values.get(row);
        out.writeInt(numbers.length);
        for (double number : numbers) {
          out.writeDouble(number);
        }
      }
    }
  }

  private static void bytes(byte[] bytes, DataOutput out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** Reads what {@link #write} has written; the caller appends the row. */
  public static void read(Schema schema, DataInput in, HeapBatchBuilder to) throws IOException {
    for (int i = 0; i < schema.size(); i++) {
      if (in.readBoolean()) {
        read(schema.field(i).type(), i, in, to);
      }
    }
    if (in.readBoolean()) {
      byte[] utf8 = bytes(in);
      to.setExtras(utf8, 0, utf8.length);
    }
  }

  private static void read(ColumnType type, int column, DataInput in, HeapBatchBuilder to)
      throws IOException {
    switch (type) {
      case BOOL -> to.setBool(column, in.readBoolean());
      case INT32, INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS ->
          to.setLong(column, in.readLong());
      case FLOAT32, FLOAT64 -> to.setDouble(column, in.readDouble());
      case STRING -> {
        byte[] utf8 = bytes(in);
        to.setString(column, utf8, 0, utf8.length);
      }
      case BINARY -> {
        byte[] bytes = bytes(in);
        to.setBinary(column, bytes, 0, bytes.length);
      }
      case FLOAT64_LIST -> {
        double[] numbers = new double[in.readInt()];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = in.readDouble();
        }
        to.setDoubles(column, numbers, 0, numbers.length);
      }
    }
  }

  private static byte[] bytes(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }

  /** Writes a text of any length. */
  public static void text(String text, DataOutput out) throws IOException {
    bytes(text.getBytes(StandardCharsets.UTF_8), out);
  }

  /** Reads a text. */
  public static String text(DataInput in) throws IOException {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  /** Writes names and types of columns. */
  public static void schema(Schema schema, DataOutput out) throws IOException {
    out.writeInt(schema.size());
    for (Field field : schema.fields()) {
      text(field.name(), out);
      text(field.type().text(), out);
      out.writeBoolean(field.nullable());
    }
  }

  /** Reads names and types of columns. */
  public static Schema schema(DataInput in) throws IOException {
    List<Field> fields = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      fields.add(new Field(text(in), ColumnType.parse(text(in)), in.readBoolean()));
    }
    return Schema.of(fields);
  }
}
