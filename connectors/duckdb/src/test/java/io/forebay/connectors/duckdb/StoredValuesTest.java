package io.forebay.connectors.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.duckdb.capi.Database;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.Batches;
import io.forebay.testkit.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every type, value for value, in tables and in Parquet files; and what happens to tables. */
class StoredValuesTest {
  private static final Schema ALL =
      Schema.of(
          Field.nullable("b", ColumnType.BOOL),
          Field.nullable("i", ColumnType.INT32),
          Field.nullable("l", ColumnType.INT64),
          Field.nullable("f", ColumnType.FLOAT32),
          Field.nullable("d", ColumnType.FLOAT64),
          Field.nullable("ms", ColumnType.TIMESTAMP_MS),
          Field.nullable("us", ColumnType.TIMESTAMP_US),
          Field.nullable("ns", ColumnType.TIMESTAMP_NS),
          Field.nullable("s", ColumnType.STRING),
          Field.nullable("x", ColumnType.BINARY),
          Field.nullable("w", ColumnType.FLOAT64_LIST));

  /** In this order the values appear in {@link #expected}. */
  private static final String SELECT =
      "SELECT b::VARCHAR, i::VARCHAR, l::VARCHAR, f::VARCHAR, d::VARCHAR,"
          + " epoch_ms(ms)::VARCHAR, epoch_us(us)::VARCHAR, epoch_ns(ns)::VARCHAR, s, hex(x),"
          + " array_to_string(list_transform(w, lambda v: v::VARCHAR), ' ') FROM ";

  private static final Progress DONE = progress(1, true);

  @TempDir Path folder;

  private static Progress progress(long sequence, boolean complete) {
    return new Progress(
        "test", new Frontier(Map.of("source", new Position(sequence, sequence))), complete);
  }

  private static SinkContext context(Schema schema, boolean resume) {
    return new SinkContext("test", schema, List.of("source"), resume);
  }

  private static List<List<@Nullable Object>> rows(SplittableRandom random, int count) {
    String[] texts = {
      "", "short", "exactly 12 b", "thirteen byte", "é温𝄞 and much longer than that"
    };
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      byte[] bytes = new byte[random.nextInt(30)];
      random.nextBytes(bytes);
      double[] list = random.doubles(random.nextInt(5)).toArray();
      List<@Nullable Object> values =
          new ArrayList<>(
              Batches.row(
                  random.nextBoolean(),
                  random.nextInt(),
                  random.nextLong(),
                  random.nextInt(1000) / 8f,
                  random.nextDouble() * Math.pow(10, random.nextInt(-300, 300)),
                  1_700_000_000_000L + random.nextInt(),
                  1_700_000_000_000_000L + random.nextInt(),
                  1_700_000_000_000_000_000L + random.nextInt(),
                  texts[random.nextInt(texts.length)],
                  bytes,
                  list));
      if (random.nextInt(3) == 0) {
        values.set(random.nextInt(values.size()), null);
      }
      rows.add(values);
    }
    return rows;
  }

  private static List<List<@Nullable String>> expected(List<List<@Nullable Object>> rows) {
    List<List<@Nullable String>> all = new ArrayList<>();
    for (List<@Nullable Object> row : rows) {
      List<@Nullable String> values = new ArrayList<>();
      for (Object value : row) {
        values.add(
            switch (value) {
              case null -> null;
              case byte[] bytes -> java.util.HexFormat.of().withUpperCase().formatHex(bytes);
              case double[] list -> String.join(" ", doubles(list));
              case Object other -> other.toString();
            });
      }
      all.add(values);
    }
    return all;
  }

  private static List<String> doubles(double[] list) {
    return java.util.Arrays.stream(list).mapToObj(Double::toString).toList();
  }

  /** Doubles as Java writes them, so that they compare bit for bit. */
  private static List<List<@Nullable String>> canonical(List<List<@Nullable String>> rows) {
    for (List<@Nullable String> row : rows) {
      if (row.get(3) != null) {
        row.set(3, Float.toString(Float.parseFloat(row.get(3))));
      }
      if (row.get(4) != null) {
        row.set(4, Double.toString(Double.parseDouble(row.get(4))));
      }
      if (row.get(10) != null && !row.get(10).isEmpty()) {
        double[] list =
            Stream.of(row.get(10).split(" ")).mapToDouble(Double::parseDouble).toArray();
        row.set(10, String.join(" ", doubles(list)));
      }
    }
    return rows;
  }

  private static void write(Sink sink, Schema schema, boolean resume, Batch... batches)
      throws IOException {
    sink.recover();
    sink.open(context(schema, resume));
    for (Batch batch : batches) {
      sink.write(batch);
    }
    sink.commit(DONE);
    sink.close();
  }

  private List<List<@Nullable String>> query(String sql) throws IOException {
    try (Database database = Database.open(folder.resolve("t.duckdb").toString())) {
      return database.query(sql);
    }
  }

  private DuckDbSink table() {
    return DuckDbSink.to(folder.resolve("t.duckdb").toString(), "t");
  }

  @Test
  void table_holds_every_value_of_every_type() throws IOException {
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    List<List<@Nullable Object>> rows = rows(random, 5_000);
    write(
        table(),
        ALL,
        false,
        Batches.of(ALL, rows.subList(0, 4_500), false),
        Batches.of(ALL, rows.subList(4_500, 4_990), true),
        Batches.of(ALL, rows, true).slice(4_990, 5_000));

    assertThat(canonical(query(SELECT + "t"))).isEqualTo(expected(rows));
  }

  @Test
  void files_hold_every_value_of_every_type_and_the_unit_of_timestamps() throws IOException {
    long seed = Seed.of(1);
    List<List<@Nullable Object>> rows = rows(new SplittableRandom(seed), 5_000);
    Path files = folder.resolve("files");
    ParquetSink sink = ParquetSink.to(files.toString());
    sink.open(context(ALL, false));
    sink.write(Batches.of(ALL, rows.subList(0, 2_000), true));
    sink.commit(progress(1, false));
    sink.write(Batches.of(ALL, rows.subList(2_000, 5_000), true));
    sink.commit(DONE);
    sink.close();

    assertThat(canonical(query(SELECT + "'" + files + "/*.parquet'"))).isEqualTo(expected(rows));
    assertThat(
            query(
                "SELECT name, logical_type FROM parquet_schema('"
                    + files
                    + "/part-000001.parquet') WHERE name IN ('ms', 'us', 'ns')"))
        .extracting(row ->
            row.get(0) + " " + row.get(1).replaceAll(".*(MILLIS|MICROS|NANOS)=[A-Z].*", "$1"))
        .containsExactly("ms MILLIS", "us MICROS", "ns NANOS");
  }

  @Test
  void not_a_number_and_infinite_values_stay_what_they_are() throws IOException {
    write(
        table(),
        Schema.of(Field.of("v", ColumnType.FLOAT64)),
        false,
        Batches.of(
            "v", Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 4.9e-324));

    assertThat(query("SELECT v::VARCHAR FROM t"))
        .extracting(List::getFirst)
        .containsExactly("nan", "inf", "-inf", "-0.0", "5e-324");
  }

  @Test
  void undeclared_members_are_one_json_object() throws IOException {
    Batch plain = Batches.of("v", 1, 2);
    Batch more =
        Batches.withExtras(Batches.of("v", 3, 4), "\"unit\":\"°C\",\"room\":{\"no\":7}", null);
    write(table(), plain.schema(), false, plain, more);

    assertThat(query("SELECT v::VARCHAR, extras, extras::JSON->>'$.room.no' FROM t ORDER BY v"))
        .containsExactly(
            row("1.0", null, null),
            row("2.0", null, null),
            row("3.0", "{\"unit\":\"°C\",\"room\":{\"no\":7}}", "7"),
            row("4.0", null, null));
  }

  @Test
  void undeclared_members_are_left_out_when_dropped() throws IOException {
    Batch batch = Batches.withExtras(Batches.of("v", 3), "\"unit\":\"°C\"");
    write(table().dropExtras(), batch.schema(), false, batch);

    assertThat(query("SELECT * FROM t")).containsExactly(row("3.0"));
  }

  private static List<@Nullable String> row(@Nullable String... values) {
    return java.util.Arrays.asList(values);
  }

  @Test
  void appending_adds_rows_and_the_columns_that_lack() throws IOException {
    query("CREATE TABLE t (v DOUBLE, note VARCHAR)");
    query("INSERT INTO t VALUES (0.5, 'mine')");
    Schema wider =
        Schema.of(Field.of("v", ColumnType.FLOAT64), Field.nullable("count", ColumnType.INT64));
    write(table().append(), wider, false, Batches.of(wider, Batches.row(1.5, 7L)));
    write(table().append(), wider, false, Batches.of(wider, Batches.row(2.5, null)));

    assertThat(query("SELECT v::VARCHAR, note, count::VARCHAR FROM t ORDER BY v"))
        .containsExactly(row("0.5", "mine", null), row("1.5", null, "7"), row("2.5", null, null));
  }

  @Test
  void starting_over_replaces_own_table_with_new_columns() throws IOException {
    write(table(), Schema.of(Field.of("v", ColumnType.FLOAT64)), false, Batches.of("v", 1, 2));
    write(table(), Schema.of(Field.of("other", ColumnType.FLOAT64)), false, Batches.of("other", 3));

    assertThat(query("SELECT * FROM t")).containsExactly(row("3.0"));
  }

  @Test
  void refuses_to_replace_a_table_that_it_has_not_made() throws IOException {
    query("CREATE TABLE t (v DOUBLE)");
    query("INSERT INTO t VALUES (0.5)");

    assertThatThrownBy(() -> write(table(), Batches.of("v", 1).schema(), false, Batches.of("v", 1)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("set append: true");
    assertThat(query("SELECT * FROM t")).containsExactly(row("0.5"));
  }

  @Test
  void refuses_a_column_of_another_type_and_changes_nothing() throws IOException {
    query("CREATE TABLE t (v VARCHAR)");
    Schema schema =
        Schema.of(Field.of("new", ColumnType.FLOAT64), Field.of("v", ColumnType.FLOAT64));

    try (DuckDbSink sink = table().append()) {
      assertThatThrownBy(() -> sink.open(context(schema, false)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("column 'v' of the type VARCHAR")
          .hasMessageContaining("pipeline writes DOUBLE");
    }
    assertThat(query("SELECT column_name FROM duckdb_columns() WHERE table_name = 't'"))
        .containsExactly(row("v"));
  }

  @Test
  void refuses_a_folder_with_files_of_something_else() throws IOException {
    Path files = Files.createDirectories(folder.resolve("files"));
    Files.writeString(files.resolve("part-000001.parquet"), "precious");

    try (ParquetSink sink = ParquetSink.to(files.toString())) {
      assertThatThrownBy(() -> sink.open(context(ALL, false)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("not replaced");
    }
    assertThat(files.resolve("part-000001.parquet")).hasContent("precious");
  }

  @Test
  void makes_a_file_when_the_oldest_row_is_old_enough() throws IOException {
    Path files = folder.resolve("files");
    AtomicLong now = new AtomicLong();
    Batch batch = Batches.of("v", 1);
    try (ParquetSink sink = new ParquetSink(files, now::get).fileAge(Duration.ofSeconds(60))) {
      sink.open(context(batch.schema(), false));
      sink.write(batch);
      sink.commit(progress(1, false));
      now.addAndGet(Duration.ofSeconds(59).toNanos());
      sink.write(batch);
      sink.commit(progress(2, false));
      assertThat(names(files)).isEmpty();
      now.addAndGet(Duration.ofSeconds(1).toNanos());
      sink.write(batch);
      sink.commit(progress(3, false));
      assertThat(names(files)).containsExactly("part-000001.parquet");
      sink.write(batch);
      sink.commit(progress(4, false));
      assertThat(names(files)).containsExactly("part-000001.parquet");
    }
    assertThat(names(files)).containsExactly("part-000001.parquet", "part-000002.parquet");
    assertThat(query("SELECT count(*)::VARCHAR FROM '" + files + "/part-000001.parquet'"))
        .containsExactly(row("3"));
  }

  @Test
  void staging_stays_small_when_many_files_are_made() throws IOException {
    Path files = folder.resolve("files");
    Batch batch = Batches.of("v", new SplittableRandom(1).doubles(50_000).toArray());
    long early = 0;
    try (ParquetSink sink = new ParquetSink(files, new AtomicLong()::get).rowsPerFile(100_000)) {
      sink.open(context(batch.schema(), false));
      for (int step = 1; step <= 60; step++) {
        sink.write(batch);
        sink.commit(progress(step, false));
        if (step == 20) {
          early = Files.size(files.resolve(".forebay.duckdb"));
        }
      }
      assertThat(names(files)).hasSize(30);
      assertThat(Files.size(files.resolve(".forebay.duckdb"))).isLessThan(2 * early + (8 << 20));
    }
  }

  private static List<String> names(Path files) throws IOException {
    try (Stream<Path> paths = Files.list(files)) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(".parquet"))
          .sorted()
          .toList();
    }
  }
}
