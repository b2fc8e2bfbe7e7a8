package io.forebay.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.RetryableException;
import io.forebay.servers.PostgresServer;
import io.forebay.testkit.Batches;
import io.forebay.testkit.Place;
import io.forebay.testkit.Seed;
import io.forebay.testkit.SinkContract;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sink against a real server. */
class PostgresSinkTest {
  private static final Schema IDS = Schema.of(Field.of("id", ColumnType.INT64));
  private static final AtomicInteger TABLES = new AtomicInteger();

  @TempDir static Path folder;
  private static PostgresServer server;

  private final String table = "t" + TABLES.incrementAndGet();

  @BeforeAll
  static void start() throws IOException {
    server = new PostgresServer(folder.resolve("data"));
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private record TablePlace(String table) implements Place<PostgresSink> {
    @Override
    public PostgresSink output() {
      return PostgresSink.to(settings(table));
    }

    @Override
    public Object contents() throws IOException {
      try {
        return server.query("SELECT * FROM " + table);
      } catch (SQLException e) {
        throw new IOException(e);
      }
    }
  }

  private static PostgresSettings settings(String table) {
    return settings(table, false, List.of());
  }

  private static PostgresSettings settings(String table, boolean append, List<String> key) {
    return new PostgresSettings(
        "127.0.0.1",
        server.port(),
        "postgres",
        "postgres",
        Optional.empty(),
        table,
        append,
        key,
        false,
        false,
        Optional.empty());
  }

  private static Progress progress(long sequence) {
    return new Progress(
        "test", new Frontier(Map.of("source", new Position(sequence, sequence))), false);
  }

  private static SinkContext context(Schema schema, boolean resume) {
    return new SinkContext("test", schema, List.of("source"), resume);
  }

  private static void write(PostgresSettings settings, Schema schema, Batch... batches)
      throws IOException {
    try (PostgresSink sink = PostgresSink.to(settings)) {
      sink.recover();
      sink.open(context(schema, false));
      for (Batch batch : batches) {
        sink.write(batch);
      }
      sink.commit(progress(1));
    }
  }

  private static Batch ids(long from, long to) {
    return Batches.of(
        IDS,
        LongStream.rangeClosed(from, to).<List<@Nullable Object>>mapToObj(Batches::row).toList());
  }

  private static List<@Nullable String> row(@Nullable String... values) {
    return Arrays.asList(values);
  }

  @Test
  void keeps_the_contract() throws IOException {
    SinkContract.check(() -> new TablePlace("c" + TABLES.incrementAndGet()));
  }

  @Test
  void holds_every_value_of_every_type() throws Exception {
    Schema all =
        Schema.of(
            Field.nullable("b", ColumnType.BOOL),
            Field.nullable("i", ColumnType.INT32),
            Field.nullable("l", ColumnType.INT64),
            Field.nullable("f", ColumnType.FLOAT32),
            Field.nullable("d", ColumnType.FLOAT64),
            Field.nullable("ms", ColumnType.TIMESTAMP_MS),
            Field.nullable("us", ColumnType.TIMESTAMP_US),
            Field.nullable("ns", ColumnType.TIMESTAMP_NS),
            Field.nullable("s, \"t\"", ColumnType.STRING),
            Field.nullable("x", ColumnType.BINARY),
            Field.nullable("w", ColumnType.FLOAT64_LIST));
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    List<List<@Nullable String>> expected = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      byte[] bytes = new byte[random.nextInt(30)];
      random.nextBytes(bytes);
      List<@Nullable Object> values =
          new ArrayList<>(
              Batches.row(
                  random.nextBoolean(),
                  random.nextInt(),
                  random.nextLong(),
                  random.nextInt(1000) / 8f,
                  random.nextDouble() * Math.pow(10, random.nextInt(-300, 300)),
                  -62_135_596_800_000L + random.nextLong(200_000_000_000_000L),
                  1_700_000_000_000_000L + random.nextInt(),
                  random.nextLong(),
                  "é温𝄞".repeat(random.nextInt(4)),
                  bytes,
                  random.doubles(random.nextInt(5)).toArray()));
      if (random.nextInt(3) == 0) {
        values.set(random.nextInt(values.size()), null);
      }
      rows.add(values);
      List<@Nullable String> texts = new ArrayList<>();
      for (Object value : values) {
        texts.add(
            switch (value) {
              case null -> null;
              case byte[] each -> HexFormat.of().formatHex(each);
              case double[] list -> Arrays.toString(list);
              case Object other -> other.toString();
            });
      }
      expected.add(texts);
    }
    write(
        settings(table),
        all,
        Batches.of(all, rows.subList(0, 2_500), false),
        Batches.of(all, rows.subList(2_500, 3_000), true));

    List<List<@Nullable String>> actual =
        server.query(
            "SELECT CASE WHEN b THEN 'true' WHEN NOT b THEN 'false' END, i, l, f, d,"
                + " round(extract(epoch FROM ms) * 1000), round(extract(epoch FROM us) * 1000000),"
                + " ns, \"s, \"\"t\"\"\", encode(x, 'hex'), w FROM "
                + table);
    for (List<@Nullable String> each : actual) {
      if (each.get(3) != null) {
        each.set(3, Float.toString(Float.parseFloat(each.get(3))));
      }
      if (each.get(4) != null) {
        each.set(4, Double.toString(Double.parseDouble(each.get(4))));
      }
      if (each.get(10) != null) {
        String list = each.get(10).replaceAll("[{}]", "");
        double[] doubles =
            list.isEmpty()
                ? new double[0]
                : Arrays.stream(list.split(",")).mapToDouble(Double::parseDouble).toArray();
        each.set(10, Arrays.toString(doubles));
      }
    }
    // A table has no order.
    assertThat(actual).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void what_postgres_cannot_hold_becomes_what_is_nearest() throws Exception {
    Schema schema =
        Schema.of(
            Field.of("s", ColumnType.STRING),
            Field.of("ms", ColumnType.TIMESTAMP_MS),
            Field.of("us", ColumnType.TIMESTAMP_US),
            Field.of("d", ColumnType.FLOAT64));
    write(
        settings(table),
        schema,
        Batches.of(
            schema,
            Batches.row("a", Long.MAX_VALUE, Long.MAX_VALUE, Double.NaN),
            Batches.row("b", Long.MIN_VALUE, Long.MIN_VALUE, Double.NEGATIVE_INFINITY)));

    assertThat(server.query("SELECT s, ms, us > '2200-01-01', d FROM " + table))
        .containsExactly(row("a", "infinity", "t", "NaN"), row("b", "-infinity", "f", "-Infinity"));
  }

  @Test
  void undeclared_members_are_one_json_object() throws Exception {
    Batch more = Batches.withExtras(Batches.of("v", 3, 4), "\"unit\":\"°C\"", null);
    write(settings(table), more.schema(), Batches.of("v", 1), more);

    assertThat(server.query("SELECT v, extras, extras::jsonb->>'unit' FROM " + table))
        .containsExactly(
            row("1", null, null), row("3", "{\"unit\":\"°C\"}", "°C"), row("4", null, null));
  }

  @Test
  void a_row_replaces_the_one_of_its_key() throws Exception {
    Schema schema =
        Schema.of(
            Field.of("sensor", ColumnType.STRING),
            Field.of("at", ColumnType.TIMESTAMP_MS),
            Field.of("v", ColumnType.FLOAT64));
    PostgresSettings settings = settings(table, true, List.of("sensor", "at"));
    write(
        settings,
        schema,
        Batches.of(schema, Batches.row("a", 1L, 1.0), Batches.row("b", 1L, 2.0)),
        Batches.of(schema, Batches.row("a", 1L, 1.5), Batches.row("a", 2L, 3.0)));
    write(settings, schema, Batches.of(schema, Batches.row("b", 1L, 2.5)));

    assertThat(server.query("SELECT sensor, v FROM " + table + " ORDER BY v"))
        .containsExactly(row("a", "1.5"), row("b", "2.5"), row("a", "3"));
  }

  @Test
  void appending_adds_rows_and_the_columns_that_lack() throws Exception {
    server.query("CREATE TABLE " + table + " (v double precision, note varchar(10))");
    server.query("INSERT INTO " + table + " VALUES (0.5, 'mine')");
    Schema wider =
        Schema.of(Field.of("v", ColumnType.FLOAT64), Field.nullable("count", ColumnType.INT64));
    write(settings(table, true, List.of()), wider, Batches.of(wider, Batches.row(1.5, 7L)));

    assertThat(server.query("SELECT v, note, count FROM " + table + " ORDER BY v"))
        .containsExactly(row("0.5", "mine", null), row("1.5", null, "7"));
  }

  @Test
  void refuses_to_empty_a_table_that_it_has_not_made() throws Exception {
    server.query("CREATE TABLE " + table + " AS SELECT 1::bigint AS id");

    assertThatThrownBy(() -> write(settings(table), IDS, ids(1, 2)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("set append: true");
    assertThat(server.query("SELECT id FROM " + table)).containsExactly(row("1"));
  }

  @Test
  void refuses_a_column_of_another_type_and_changes_nothing() throws Exception {
    server.query("CREATE TABLE " + table + " (id text)");
    Schema schema =
        Schema.of(Field.of("new", ColumnType.FLOAT64), Field.of("id", ColumnType.INT64));

    assertThatThrownBy(() -> write(settings(table, true, List.of()), schema))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("column 'id' of the type text");
    assertThat(
            server.query(
                "SELECT attname FROM pg_attribute WHERE attnum > 0 AND attrelid = '"
                    + table
                    + "'::regclass"))
        .containsExactly(row("id"));
  }

  @Test
  void refuses_a_server_without_tls_when_tls_is_asked_for() {
    PostgresSettings plain = settings(table);
    PostgresSettings tls =
        new PostgresSettings(
            plain.host(),
            plain.port(),
            plain.database(),
            plain.user(),
            plain.password(),
            plain.table(),
            false,
            List.of(),
            false,
            true,
            plain.caFile());

    assertThatThrownBy(() -> write(tls, IDS, ids(1, 2)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("SSL");
    assertThatThrownBy(() -> server.query("SELECT * FROM " + table))
        .isInstanceOf(SQLException.class);
  }

  @Test
  void password_is_not_shown() {
    assertThat(
            new PostgresSettings(
                    "h",
                    1,
                    "d",
                    "u",
                    Optional.of("secret"),
                    "t",
                    false,
                    List.of(),
                    false,
                    true,
                    Optional.empty())
                .toString())
        .doesNotContain("secret");
  }

  @Test
  void goes_on_behind_the_last_commit_when_the_server_was_stopped_and_started() throws Exception {
    try (PostgresSink sink = PostgresSink.to(settings(table))) {
      sink.open(context(IDS, false));
      sink.write(ids(1, 100));
      sink.commit(progress(100));
      sink.write(ids(101, 150));
      server.stop();
      assertThatThrownBy(
              () -> {
                sink.write(ids(151, 200_000));
                sink.commit(progress(200_000));
              })
          .isInstanceOf(RetryableException.class);
      assertThatThrownBy(sink::recover).isInstanceOf(RetryableException.class);
      server.start();

      assertThat(sink.recover()).contains(progress(100));
      sink.open(context(IDS, true));
      sink.write(ids(101, 300));
      sink.commit(progress(300));
    }
    assertThat(server.query("SELECT count(*), count(DISTINCT id), max(id) FROM " + table))
        .containsExactly(row("300", "300", "300"));
  }

  @Test
  void goes_on_behind_the_last_commit_when_its_connection_was_cut() throws Exception {
    try (PostgresSink sink = PostgresSink.to(settings(table))) {
      sink.open(context(IDS, false));
      sink.write(ids(1, 100));
      sink.commit(progress(100));
      sink.write(ids(101, 150));
      server.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ="
              + " 'forebay'");
      assertThatThrownBy(() -> sink.commit(progress(150))).isInstanceOf(RetryableException.class);

      assertThat(sink.recover()).contains(progress(100));
      sink.open(context(IDS, true));
      sink.write(ids(101, 200));
      sink.commit(progress(200));
    }
    assertThat(server.query("SELECT count(*), count(DISTINCT id) FROM " + table))
        .containsExactly(row("200", "200"));
  }

  @Test
  void waits_for_the_process_that_writes_when_there_is_one() throws Exception {
    PostgresSink first = PostgresSink.to(settings(table));
    try (PostgresSink second = PostgresSink.to(settings(table))) {
      first.open(context(IDS, false));
      first.write(ids(1, 10));
      Thread closing =
          Thread.ofVirtual()
              .start(() -> {
                org.awaitility.Awaitility.await()
                    .untilAsserted(() ->
                        assertThat(
                                server.query(
                                    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT"
                                        + " granted"))
                            .isNotEmpty());
                first.close();
              });

      assertThat(second.recover()).isEmpty();
      closing.join();
    }
  }
}
