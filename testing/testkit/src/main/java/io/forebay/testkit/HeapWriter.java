package io.forebay.testkit;

import io.forebay.BatchWriter;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BinaryWriter;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.BoolWriter;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float32Writer;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Float64ListWriter;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int32Writer;
import io.forebay.columns.Int64Column;
import io.forebay.columns.Int64Writer;
import io.forebay.columns.StringColumn;
import io.forebay.columns.StringWriter;
import io.forebay.columns.VariableWidthWriter;
import io.forebay.errors.OutputOverflowException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Takes what a function returns for a batch of {@code rows} rows, on the heap. */
final class HeapWriter implements BatchWriter {
  private final Schema outputs;
  private final RowShape shape;
  private final int rows;
  private final int capacity;
  private final List<Buffers> buffers = new ArrayList<>();

  final TreeMap<Integer, String> rejected = new TreeMap<>();
  final TreeSet<Integer> filtered = new TreeSet<>();

  /** For each output row the input row that it continues; only for {@link RowShape#ANY}. */
  final List<Integer> emitted = new ArrayList<>();

  private record Buffers(
      ColumnWriter writer,
      MemorySegment offsets,
      MemorySegment data,
      @Nullable MemorySegment validity) {}

  HeapWriter(Schema outputs, RowShape shape, int rows, int emittable, long dataBytes) {
    this.outputs = outputs;
    this.shape = shape;
    this.rows = rows;
    this.capacity = shape == RowShape.ANY ? emittable : rows;
    for (Field field : outputs.fields()) {
      buffers.add(buffers(field, dataBytes));
    }
  }

  private Buffers buffers(Field field, long dataBytes) {
    MemorySegment validity = field.nullable() ? HeapColumns.allocate((capacity + 7) / 8) : null;
    MemorySegment offsets = HeapColumns.allocate(4L * (capacity + 1));
    MemorySegment data =
        HeapColumns.allocate(
            switch (field.type().width()) {
              case -1 -> dataBytes;
              case 0 -> (capacity + 7) / 8;
              default -> (long) field.type().width() * capacity;
            });
    ColumnWriter writer =
        switch (field.type()) {
          case BOOL -> new BoolWriter(field, data, validity, 0);
          case INT32 -> new Int32Writer(field, data, validity, 0);
          case INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS ->
              new Int64Writer(field, data, validity, 0);
          case FLOAT32 -> new Float32Writer(field, data, validity, 0);
          case FLOAT64 -> new Float64Writer(field, data, validity, 0);
          case STRING -> new StringWriter(field, offsets, data, validity, 0);
          case BINARY -> new BinaryWriter(field, offsets, data, validity, 0);
          case FLOAT64_LIST -> new Float64ListWriter(field, offsets, data, validity, 0);
        };
    return new Buffers(writer, offsets, data, validity);
  }

  /** The output columns as they were written. */
  List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    int length = shape == RowShape.ANY ? emitted.size() : rows;
    for (Buffers b : buffers) {
      if (b.writer instanceof VariableWidthWriter variable) {
        variable.finish(length);
      }
      Field field = b.writer.field();
      columns.add(
          switch (field.type()) {
            case BOOL -> new BoolColumn(field, b.data, b.validity, 0);
            case INT32 -> new Int32Column(field, b.data, b.validity, 0);
            case INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS ->
                new Int64Column(field, b.data, b.validity, 0);
            case FLOAT32 -> new Float32Column(field, b.data, b.validity, 0);
            case FLOAT64 -> new Float64Column(field, b.data, b.validity, 0);
            case STRING -> StringColumn.plain(field, b.offsets, b.data, b.validity, 0);
            case BINARY -> new BinaryColumn(field, b.offsets, b.data, b.validity, 0);
            case FLOAT64_LIST -> new Float64ListColumn(field, b.offsets, b.data, b.validity, 0);
          });
    }
    return columns;
  }

  @Override
  public ColumnWriter column(int index) {
    return buffers.get(index).writer;
  }

  @Override
  public ColumnWriter column(String name) {
    outputs.field(name);
    return column(outputs.indexOf(name));
  }

  @Override
  public void reject(int row, String reason) {
    rejected.putIfAbsent(Objects.checkIndex(row, rows), reason);
  }

  @Override
  public void filter(int row) {
    if (shape == RowShape.SAME) {
      throw new IllegalStateException(
          "the function filters rows but declares RowShape.SAME: let rowShape() return FEWER");
    }
    filtered.add(Objects.checkIndex(row, rows));
  }

  @Override
  public int emit(int row) {
    if (shape != RowShape.ANY) {
      throw new IllegalStateException(
          "the function emits rows but declares RowShape." + shape + ": let rowShape() return ANY");
    }
    Objects.checkIndex(row, rows);
    if (!emitted.isEmpty() && emitted.getLast() > row) {
      throw new IllegalStateException(
          "rows are emitted in ascending order, but row "
              + row
              + " came after row "
              + emitted.getLast());
    }
    if (emitted.size() == capacity) {
      throw new OutputOverflowException("(rows)", row);
    }
    emitted.add(row);
    return emitted.size() - 1;
  }
}
