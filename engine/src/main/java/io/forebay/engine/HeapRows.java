package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.BinaryColumn;
import io.forebay.BinaryWriter;
import io.forebay.BoolColumn;
import io.forebay.BoolWriter;
import io.forebay.Column;
import io.forebay.Field;
import io.forebay.Float32Column;
import io.forebay.Float32Writer;
import io.forebay.Float64Column;
import io.forebay.Float64ListColumn;
import io.forebay.Float64ListWriter;
import io.forebay.Float64Writer;
import io.forebay.Int32Column;
import io.forebay.Int32Writer;
import io.forebay.Int64Column;
import io.forebay.Int64Writer;
import io.forebay.Schema;
import io.forebay.StringColumn;
import io.forebay.StringWriter;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Some rows of a batch, copied to the heap: for rejected rows, whose slot goes on without them. */
final class HeapRows implements Batch {
  private static final Field EXTRAS =
      Field.nullable(Field.RESERVED_PREFIX + "extras", io.forebay.ColumnType.STRING);

  private final Schema schema;
  private final int rows;
  private final Column[] columns;
  private final @Nullable StringColumn extras;
  private final int[] partitions;
  private final long[] sequences;
  private final int from;

  private HeapRows(
      Schema schema,
      int rows,
      Column[] columns,
      @Nullable StringColumn extras,
      int[] partitions,
      long[] sequences,
      int from) {
    this.schema = schema;
    this.rows = rows;
    this.columns = columns;
    this.extras = extras;
    this.partitions = partitions;
    this.sequences = sequences;
    this.from = from;
  }

  /** Copies {@code selected} rows of {@code batch}. */
  static HeapRows copy(Batch batch, int[] selected) {
    Column[] columns = new Column[batch.schema().size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = copy(batch.column(i), batch.schema().field(i), selected);
    }
    StringColumn extras =
        batch.extras().map(column -> (StringColumn) copy(column, EXTRAS, selected)).orElse(null);
    int[] partitions = new int[selected.length];
    long[] sequences = new long[selected.length];
    for (int i = 0; i < selected.length; i++) {
      partitions[i] = batch.partition(selected[i]);
      sequences[i] = batch.sequence(selected[i]);
    }
    return new HeapRows(batch.schema(), selected.length, columns, extras, partitions, sequences, 0);
  }

  private static Column copy(Column column, Field field, int[] selected) {
    int rows = selected.length;
    MemorySegment validity = field.nullable() ? memory((rows + 7) / 8) : null;
    return switch (column) {
      case BoolColumn source -> {
        MemorySegment data = memory((rows + 7) / 8);
        BoolWriter writer = new BoolWriter(field, data, validity, 0);
        each(source, selected, (from, to) -> writer.set(to, source.get(from)));
        yield new BoolColumn(field, data, validity, 0);
      }
      case Int32Column source -> {
        MemorySegment data = memory(4L * rows);
        Int32Writer writer = new Int32Writer(field, data, validity, 0);
        each(source, selected, (from, to) -> writer.set(to, source.get(from)));
        yield new Int32Column(field, data, validity, 0);
      }
      case Int64Column source -> {
        MemorySegment data = memory(8L * rows);
        Int64Writer writer = new Int64Writer(field, data, validity, 0);
        each(source, selected, (from, to) -> writer.set(to, source.get(from)));
        yield new Int64Column(field, data, validity, 0);
      }
      case Float32Column source -> {
        MemorySegment data = memory(4L * rows);
        Float32Writer writer = new Float32Writer(field, data, validity, 0);
        each(source, selected, (from, to) -> writer.set(to, source.get(from)));
        yield new Float32Column(field, data, validity, 0);
      }
      case Float64Column source -> {
        MemorySegment data = memory(8L * rows);
        Float64Writer writer = new Float64Writer(field, data, validity, 0);
        each(source, selected, (from, to) -> writer.set(to, source.get(from)));
        yield new Float64Column(field, data, validity, 0);
      }
      case StringColumn source -> {
        MemorySegment offsets = memory(4L * (rows + 1));
        MemorySegment data = memory(sum(source, selected, r -> source.utf8(r).byteSize()));
        StringWriter writer = new StringWriter(field, offsets, data, validity, 0);
        each(source, selected, (from, to) -> writer.set(to, source.utf8(from)));
        writer.finish(rows);
        yield StringColumn.plain(field, offsets, data, validity, 0);
      }
      case BinaryColumn source -> {
        MemorySegment offsets = memory(4L * (rows + 1));
        MemorySegment data = memory(sum(source, selected, r -> source.bytes(r).byteSize()));
        BinaryWriter writer = new BinaryWriter(field, offsets, data, validity, 0);
        each(source, selected, (from, to) -> writer.set(to, source.get(from)));
        writer.finish(rows);
        yield new BinaryColumn(field, offsets, data, validity, 0);
      }
      case Float64ListColumn source -> {
        MemorySegment offsets = memory(4L * (rows + 1));
        MemorySegment data = memory(sum(source, selected, r -> source.values(r).byteSize()));
        Float64ListWriter writer = new Float64ListWriter(field, offsets, data, validity, 0);
        each(source, selected, (from, to) -> writer.set(to, source.values(from)));
        writer.finish(rows);
        yield new Float64ListColumn(field, offsets, data, validity, 0);
      }
    };
  }

  /** Memory that is aligned for every type. */
  private static MemorySegment memory(long bytes) {
    return MemorySegment.ofArray(new long[Math.toIntExact((bytes + 7) / 8)]);
  }

  private interface Move {
    void row(int from, int to);
  }

  private interface Size {
    long of(int row);
  }

  private static void each(Column column, int[] selected, Move move) {
    for (int i = 0; i < selected.length; i++) {
      if (!column.isNull(selected[i])) {
        move.row(selected[i], i);
      }
    }
  }

  private static long sum(Column column, int[] selected, Size size) {
    long sum = 0;
    for (int row : selected) {
      sum += column.isNull(row) ? 0 : size.of(row);
    }
    return sum;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public Column column(int index) {
    return columns[index];
  }

  @Override
  public Batch slice(int first, int to) {
    Column[] sliced = new Column[columns.length];
    for (int i = 0; i < sliced.length; i++) {
      sliced[i] = columns[i].slice(first, to - first);
    }
    return new HeapRows(
        schema,
        to - first,
        sliced,
        extras == null ? null : extras.slice(first, to - first),
        partitions,
        sequences,
        from + first);
  }

  @Override
  public Optional<StringColumn> extras() {
    return Optional.ofNullable(extras);
  }

  @Override
  public int partition(int row) {
    return partitions[from + row];
  }

  @Override
  public long sequence(int row) {
    return sequences[from + row];
  }
}
