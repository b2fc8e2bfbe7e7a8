package io.forebay.testkit;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.StringColumn;
import io.forebay.errors.OutputOverflowException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Batches on the heap, for tests of functions:
 *
 * <pre>{@code
 * Batch readings = Batches.of("value", 20.0, 80.0);
 * FunctionResult result = Batches.apply(new LectureFeatures(), readings);
 * assertThat(result.batch().float64("normalized").get(1)).isEqualTo(1.0);
 * }</pre>
 *
 * <p>Several columns are made of a schema and rows:
 *
 * <pre>{@code
 * Batch readings =
 *     Batches.of(
 *         Schema.of(Field.of("sensorId", STRING), Field.nullable("value", FLOAT64)),
 *         Batches.row("hall-a", 20.5),
 *         Batches.row("hall-b", null));
 * }</pre>
 */
public final class Batches {
  private static final Field EXTRAS =
      Field.nullable(Field.RESERVED_PREFIX + "extras", ColumnType.STRING);
  private static final long MOST_BYTES = 1L << 30;

  private Batches() {}

  /** A batch of one float64 column. */
  public static Batch of(String column, double... values) {
    return of(
        Schema.of(Field.of(column, ColumnType.FLOAT64)),
        Arrays.stream(values).<List<@Nullable Object>>mapToObj(Batches::row).toList());
  }

  /** A batch of these rows, each made with {@link #row}. */
  @SafeVarargs
  @SuppressWarnings("varargs")
  public static Batch of(Schema schema, List<@Nullable Object>... rows) {
    return of(schema, Arrays.asList(rows));
  }

  /** A batch of these rows, each made with {@link #row}. */
  public static Batch of(Schema schema, List<? extends List<@Nullable Object>> rows) {
    return of(schema, rows, false);
  }

  /**
   * A batch of these rows.
   *
   * @param dictionary whether strings are dictionary-encoded, which a function should not notice
   * @throws IllegalArgumentException if a value does not fit its field
   */
  public static Batch of(
      Schema schema, List<? extends List<@Nullable Object>> rows, boolean dictionary) {
    for (List<@Nullable Object> row : rows) {
      if (row.size() != schema.size()) {
        throw new IllegalArgumentException(
            "a row has " + row.size() + " values, but the schema " + schema.size() + " fields");
      }
    }
    List<Column> columns = HeapColumns.columns(schema.fields(), rows, dictionary);
    return new NumberedBatch(schema, columns, null, rows.size(), 1);
  }

  /**
   * A row: a Boolean, Integer, Long, Float, Double, String, {@code byte[]} or {@code double[]} for
   * each field, or null; an {@link java.time.Instant} or a number for a timestamp.
   */
  public static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  /** The batch with undeclared members, see {@link Batch#extras}; null for rows without. */
  public static Batch withExtras(Batch batch, @Nullable String... extras) {
    if (extras.length != batch.rows()) {
      throw new IllegalArgumentException(
          extras.length + " extras were given for " + batch.rows() + " rows");
    }
    Column column =
        HeapColumns.column(EXTRAS, Arrays.<@Nullable Object>asList((Object[]) extras), false);
    return new NumberedBatch(
        batch.schema(), columns(batch), (StringColumn) column, batch.rows(), 1);
  }

  /**
   * The rows as maps from column to value, in the order of the columns, for comparing: Boolean,
   * Integer, Long (also timestamps), Float, Double, String, a read-only {@link java.nio.ByteBuffer}
   * for binary, a {@code List<Double>} for lists, null. Doubles compare bit for bit then (all NaNs
   * are one).
   */
  public static List<Map<String, @Nullable Object>> rows(Batch batch) {
    return IntStream.range(0, batch.rows()).mapToObj(row -> row(batch, row)).toList();
  }

  /** One row, as in {@link #rows}; extras appear under {@code forebay:extras}. */
  public static Map<String, @Nullable Object> row(Batch batch, int row) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (int i = 0; i < batch.schema().size(); i++) {
      values.put(batch.schema().field(i).name(), Values.get(batch.column(i), row));
    }
    batch.extras().ifPresent(extras -> values.put(EXTRAS.name(), Values.get(extras, row)));
    return values;
  }

  /**
   * Calls the function once with the whole batch. Memory for outputs grows as it needs it.
   *
   * @throws Exception what the function throws
   */
  public static FunctionResult apply(BatchFunction function, Batch in) throws Exception {
    Schema outputs = function.outputs(in.schema());
    int rows = Math.max(in.rows(), 64);
    long bytes = 1 << 16;
    while (true) {
      try {
        HeapWriter out = new HeapWriter(outputs, function.rowShape(), in.rows(), rows, bytes);
        function.apply(in, out);
        return result(in, outputs, function.rowShape(), out);
      } catch (OutputOverflowException overflow) {
        if (bytes >= MOST_BYTES) {
          throw overflow;
        }
        rows *= 4;
        bytes *= 4;
      }
    }
  }

  private static FunctionResult result(Batch in, Schema outputs, RowShape shape, HeapWriter out) {
    List<Column> written = out.columns();
    List<Integer> inputRows =
        shape == RowShape.ANY ? out.emitted : IntStream.range(0, in.rows()).boxed().toList();
    TreeSet<Integer> filtered = new TreeSet<>(out.filtered);
    if (shape == RowShape.ANY) {
      IntStream.range(0, in.rows()).forEach(filtered::add);
      filtered.removeAll(out.emitted);
    }
    filtered.removeAll(out.rejected.keySet());

    Schema schema = in.schema().plus(outputs);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    List<@Nullable String> extras = new ArrayList<>();
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < inputRows.size(); i++) {
      int row = inputRows.get(i);
      if (out.rejected.containsKey(row) || out.filtered.contains(row)) {
        continue;
      }
      Map<String, @Nullable Object> values = new LinkedHashMap<>(row(in, row));
      for (Column column : written) {
        values.put(column.field().name(), Values.get(column, i));
      }
      List<@Nullable Object> ordered = new ArrayList<>();
      schema.fields().forEach(field -> ordered.add(values.get(field.name())));
      rows.add(ordered);
      kept.add(row);
      extras.add((String) values.get(EXTRAS.name()));
    }
    Batch batch = of(schema, rows);
    return new FunctionResult(
        in.extras().isPresent() ? withExtras(batch, extras.toArray(String[]::new)) : batch,
        kept,
        out.rejected,
        filtered);
  }

  /** The rows without their names, as {@link #of(Schema, List)} takes them. */
  static List<List<@Nullable Object>> values(Batch batch) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      List<@Nullable Object> values = new ArrayList<>();
      for (Column column : columns(batch)) {
        values.add(Values.get(column, row));
      }
      rows.add(values);
    }
    return rows;
  }

  private static List<Column> columns(Batch batch) {
    return IntStream.range(0, batch.schema().size()).mapToObj(batch::column).toList();
  }
}
