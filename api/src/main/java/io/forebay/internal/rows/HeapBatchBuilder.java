package io.forebay.internal.rows;

import io.forebay.Batch;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
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
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gathers records into batches on the heap, one after the other. For one thread. */
public final class HeapBatchBuilder implements RecordWriter {
  private static final Field EXTRAS =
      Field.nullable(Field.RESERVED_PREFIX + "extras", ColumnType.STRING);

  /** Rows there is room for at first. */
  private static final int FIRST_ROWS = 64;

  private final Schema schema;
  private final boolean carriesExtras;
  private final Gathered[] columns;
  private final Gathered extras = new Gathered(EXTRAS);
  private int[] partitions = new int[FIRST_ROWS];
  private long[] sequences = new long[FIRST_ROWS];
  private int partition;
  private int rows;
  private long bytes;

  /** For batches of {@code schema}. */
  public HeapBatchBuilder(Schema schema, boolean carriesExtras) {
    this.schema = schema;
    this.carriesExtras = carriesExtras;
    this.columns = new Gathered[schema.size()];
    Arrays.setAll(columns, i -> new Gathered(schema.field(i)));
  }

  /** One column: values one behind the other, and for each row whether it has one. */
  private static final class Gathered {
    final Field field;
    final ByteBuilder data = new ByteBuilder(256);
    final ByteBuilder ends = new ByteBuilder(256);
    final ByteBuilder present = new ByteBuilder(64);
    boolean set;
    boolean nulls;

    Gathered(Field field) {
      this.field = field;
    }

    ByteBuilder value() {
      set = true;
      return data;
    }

    void end(boolean fill) {
      if (!set && fill) {
        for (int i = 0; i < width(field); i++) {
          data.putByte(0);
        }
      }
      ends.putInt(data.length() / (field.type() == ColumnType.FLOAT64_LIST ? 8 : 1));
      present.putByte(set ? 1 : 0);
      nulls |= !set;
      set = false;
    }

    void clear() {
      data.clear();
      ends.clear();
      present.clear();
      set = false;
      nulls = false;
    }
  }

  /** ByteBuilder that a row without a value takes. */
  private static int width(Field field) {
    return switch (field.type()) {
      case BOOL -> 1;
      case INT32, FLOAT32 -> 4;
      case STRING, BINARY, FLOAT64_LIST -> 0;
      default -> 8;
    };
  }

  /** The partition of the records to come. */
  public void partition(int index) {
    partition = index;
  }

  /** How many there are. */
  public int rows() {
    return rows;
  }

  /** About how large the batch is. */
  public long bytes() {
    return bytes;
  }

  @Override
  public void setBool(int column, boolean value) {
    columns[column].value().putByte(value ? 1 : 0);
  }

  @Override
  public void setLong(int column, long value) {
    ByteBuilder data = columns[column].value();
    if (columns[column].field.type() == ColumnType.INT32) {
      data.putInt((int) value);
    } else {
      data.putLong(value);
    }
  }

  @Override
  public void setDouble(int column, double value) {
    ByteBuilder data = columns[column].value();
    if (columns[column].field.type() == ColumnType.FLOAT32) {
      data.putInt(Float.floatToRawIntBits((float) value));
    } else {
      data.putLong(Double.doubleToRawLongBits(value));
    }
  }

  @Override
  public void setString(int column, byte[] utf8, int from, int length) {
    columns[column].value().put(utf8, from, length);
  }

  @Override
  public void setString(int column, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    setString(column, utf8, 0, utf8.length);
  }

  @Override
  public void setBinary(int column, byte[] binary, int from, int length) {
    columns[column].value().put(binary, from, length);
  }

  @Override
  public void setDoubles(int column, double[] values, int from, int length) {
    ByteBuilder data = columns[column].value();
    for (int i = 0; i < length; i++) {
      data.putLong(Double.doubleToRawLongBits(values[from + i]));
    }
  }

  @Override
  public void setNull(int column) {
    columns[column].set = false;
  }

  @Override
  public void setExtras(byte[] utf8, int from, int length) {
    extras.value().put(utf8, from, length);
  }

  @Override
  public void append(long sequence, long offset) {
    for (Gathered column : columns) {
      column.end(true);
    }
    extras.end(true);
    if (rows == sequences.length) {
      partitions = Arrays.copyOf(partitions, 2 * rows);
      sequences = Arrays.copyOf(sequences, 2 * rows);
    }
    partitions[rows] = partition;
    sequences[rows] = sequence;
    rows++;
    bytes = (long) extras.data.length() + 16L * rows;
    for (Gathered column : columns) {
      bytes += column.data.length();
    }
  }

  @Override
  public void reject(long sequence, long offset, String reason, Rejection.Text text) {
    throw new IllegalStateException("rejected records are in no batch");
  }

  @Override
  public void clear() {
    for (Gathered column : columns) {
      column.set = false;
    }
    extras.set = false;
  }

  /** The batch; the builder is empty afterwards. */
  public Batch build() {
    List<Column> built = new ArrayList<>();
    for (Gathered column : columns) {
      built.add(column(column));
    }
    StringColumn members = carriesExtras ? (StringColumn) column(extras) : null;
    Batch batch =
        new HeapBatch(
            schema,
            List.copyOf(built),
            members,
            Arrays.copyOf(partitions, rows),
            Arrays.copyOf(sequences, rows),
            0,
            rows);
    for (Gathered column : columns) {
      column.clear();
    }
    extras.clear();
    rows = 0;
    bytes = 0;
    return batch;
  }

  private Column column(Gathered from) {
    Field field = from.field;
    MemorySegment validity = from.nulls ? bits(from.present) : null;
    return switch (field.type()) {
      case BOOL -> new BoolColumn(field, bits(from.data), validity, 0);
      case INT32 -> new Int32Column(field, memory(from.data, 4L * rows), validity, 0);
      case INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS ->
          new Int64Column(field, memory(from.data, 8L * rows), validity, 0);
      case FLOAT32 -> new Float32Column(field, memory(from.data, 4L * rows), validity, 0);
      case FLOAT64 -> new Float64Column(field, memory(from.data, 8L * rows), validity, 0);
      case STRING -> StringColumn.plain(field, offsets(from), data(from), validity, 0);
      case BINARY -> new BinaryColumn(field, offsets(from), data(from), validity, 0);
      case FLOAT64_LIST -> new Float64ListColumn(field, offsets(from), data(from), validity, 0);
    };
  }

  private static MemorySegment allocate(long size) {
    return MemorySegment.ofArray(new long[Math.toIntExact((size + 7) / 8)]).asSlice(0, size);
  }

  private static MemorySegment memory(ByteBuilder from, long size) {
    MemorySegment to = allocate(size);
    MemorySegment.copy(from.array(), 0, to, ValueLayout.JAVA_BYTE, 0, (int) size);
    return to;
  }

  private static MemorySegment data(Gathered from) {
    return memory(from.data, from.data.length());
  }

  private MemorySegment offsets(Gathered from) {
    MemorySegment to = allocate(4L * (rows + 1));
    MemorySegment.copy(from.ends.array(), 0, to, ValueLayout.JAVA_BYTE, 4, 4 * rows);
    return to;
  }

  private MemorySegment bits(ByteBuilder from) {
    byte[] packed = new byte[(rows + 7) / 8];
    for (int row = 0; row < rows; row++) {
      packed[row >> 3] |= (byte) (from.array()[row] << (row & 7));
    }
    MemorySegment to = allocate(packed.length);
    MemorySegment.copy(packed, 0, to, ValueLayout.JAVA_BYTE, 0, packed.length);
    return to;
  }
}
