package io.forebay.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.RetryableException;
import io.forebay.servers.PostgresServer;
import io.forebay.testkit.Batches;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows that a real server refuses, and what is not the fault of a row. */
class PostgresRefusalTest {
  private static final Schema SCHEMA =
      Schema.of(
          Field.of("id", ColumnType.INT64),
          Field.nullable("v", ColumnType.INT64),
          Field.nullable("s", ColumnType.STRING));
  private static final AtomicInteger TABLES = new AtomicInteger();

  @TempDir static Path folder;
  private static PostgresServer server;

  private final String table = "r" + TABLES.incrementAndGet();

  @BeforeAll
  static void start() throws Exception {
    server = new PostgresServer(folder.resolve("data"));
    server.query("CREATE ROLE writer LOGIN");
    server.query("GRANT CREATE ON SCHEMA public TO writer");
    server.query("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO writer");
    server.query("CREATE TABLE halls (v bigint PRIMARY KEY)");
    server.query("INSERT INTO halls SELECT generate_series(1, 100)");
    server.query("GRANT SELECT, REFERENCES ON halls TO writer");
    server.query(
        "CREATE FUNCTION raises() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " IF NEW.v < 0 THEN RAISE EXCEPTION 'no such hall' USING ERRCODE = TG_ARGV[0];"
            + " END IF; RETURN NEW; END $$");
    server.query(
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " PERFORM no_such_function(); RETURN NEW; END $$");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private PostgresSettings settings(String user, String... key) {
    return new PostgresSettings(
        "127.0.0.1",
        server.port(),
        "postgres",
        user,
        Optional.empty(),
        table,
        true,
        List.of(key),
        false,
        false,
        Optional.empty());
  }

  private static Progress progress(long sequence) {
    return new Progress(
        "test", new Frontier(Map.of("source", new Position(sequence, sequence))), false);
  }

  private static PostgresSink opened(PostgresSettings settings, Schema schema) throws IOException {
    PostgresSink sink = PostgresSink.to(settings);
    sink.recover();
    sink.open(new SinkContext("test", schema, List.of("source"), false));
    return sink;
  }

  private void query(String sql) throws SQLException {
    server.query(sql.replace("@", table));
  }

  private static List<@Nullable Object> ok(long id) {
    return Batches.row(id, id, "s" + id);
  }

  private List<@Nullable Object> ids() throws SQLException {
    return server.query("SELECT id FROM " + table + " ORDER BY id").stream()
        .<@Nullable Object>map(row -> Long.valueOf(String.valueOf(row.getFirst())))
        .toList();
  }

  private static String constrained(String column) {
    return "CREATE TABLE @ (id bigint, " + column + ")";
  }

  private static String triggered(String kind, String state) {
    return constrained("v bigint, s text")
        + ";CREATE "
        + (kind.contains("DEFERRED")
            ? "CONSTRAINT TRIGGER guard AFTER INSERT ON @ DEFERRABLE INITIALLY DEFERRED"
            : "TRIGGER guard " + kind + " INSERT ON @")
        + " FOR EACH ROW EXECUTE FUNCTION raises('"
        + state
        + "')";
  }

  static Stream<Arguments> refusals() {
    String random =
        new SplittableRandom(1).ints(1_500).mapToObj(Integer::toHexString).toList() + "";
    return Stream.of(
        arguments(constrained("v bigint, s varchar(3)"), -1L, "long", "too long for type"),
        arguments(constrained("v bigint CHECK (v > 0), s text"), -1L, "s", "check constraint"),
        arguments(
            constrained("v bigint NOT NULL, s text"), null, "s", "null value in column \"v\""),
        arguments(constrained("v bigint UNIQUE, s text"), 2L, "s", "duplicate key"),
        arguments(constrained("v bigint PRIMARY KEY, s text"), 2L, "s", "duplicate key"),
        arguments(
            constrained("v bigint UNIQUE DEFERRABLE INITIALLY DEFERRED, s text"),
            2L,
            "s",
            "duplicate key"),
        arguments(constrained("v bigint REFERENCES halls, s text"), -1L, "s", "foreign key"),
        arguments(
            constrained("v bigint REFERENCES halls DEFERRABLE INITIALLY DEFERRED, s text"),
            -1L,
            "s",
            "foreign key"),
        arguments(
            constrained("v bigint, s text, EXCLUDE USING gist (int8range(v, v, '[]') WITH &&)"),
            2L,
            "s",
            "exclusion constraint"),
        arguments(
            constrained("v bigint, s text, n smallint GENERATED ALWAYS AS (v) STORED"),
            70_000L,
            "s",
            "smallint out of range"),
        arguments(constrained("v bigint, s text"), -1L, "a\0b", "invalid byte sequence"),
        arguments(constrained("v bigint, s text UNIQUE"), -1L, random, "index row"),
        arguments(
            "CREATE TABLE @ (id bigint, v bigint, s text) PARTITION BY RANGE (v);"
                + "CREATE TABLE @_part PARTITION OF @ FOR VALUES FROM (0) TO (100)",
            -1L,
            "s",
            "no partition"),
        arguments(triggered("BEFORE", "P0001"), -1L, "s", "no such hall"),
        arguments(triggered("AFTER", "P0001"), -1L, "s", "no such hall"),
        arguments(triggered("BEFORE", "FB123"), -1L, "s", "no such hall"),
        arguments(triggered("DEFERRED", "P0001"), -1L, "s", "no such hall"),
        arguments(
            "CREATE TABLE @_part (id bigint, v bigint, s text);"
                + "CREATE VIEW @ AS SELECT * FROM @_part WHERE v > 0 WITH CHECK OPTION",
            -1L,
            "s",
            "check option"));
  }

  @ParameterizedTest(name = "{0}: {3}")
  @MethodSource("refusals")
  void names_the_row_and_delivers_the_others_when_the_server_refuses_one(
      String ddl, @Nullable Long v, String s, String words) throws Exception {
    for (String each : ddl.split(";", -1)) {
      query(each);
    }
    try (PostgresSink sink = opened(settings("postgres"), SCHEMA)) {
      sink.write(
          Batches.of(SCHEMA, List.of(ok(1), ok(2), Batches.row(3L, v, s), ok(4), ok(5)), false));
      sink.flush();

      List<Refusal> refused = sink.refused();
      assertThat(refused).hasSize(1);
      assertThat(refused.getFirst().sequence()).isEqualTo(3);
      assertThat(refused.getFirst().reason())
          .startsWith("the table '" + table + "' at ")
          .contains(words);
      assertThat(refused.getFirst().detail()).startsWith("SQLSTATE ");
      sink.commit(progress(5));
    }
    assertThat(ids()).isEqualTo(List.of(1L, 2L, 4L, 5L));
    try (PostgresSink next = PostgresSink.to(settings("postgres"))) {
      assertThat(next.recover()).contains(progress(5));
    }
  }

  @Test
  void names_the_row_that_the_policy_for_rows_refuses() throws Exception {
    query(constrained("v bigint, s text"));
    query("ALTER TABLE @ ENABLE ROW LEVEL SECURITY");
    query("CREATE POLICY mine ON @ FOR INSERT WITH CHECK (v > 0)");
    try (PostgresSink sink = opened(settings("writer"), SCHEMA)) {
      sink.write(Batches.of(SCHEMA, List.of(ok(1), Batches.row(2L, -1L, "s"), ok(3)), false));
      sink.flush();

      assertThat(sink.refused())
          .singleElement()
          .satisfies(refusal -> {
            assertThat(refusal.sequence()).isEqualTo(2);
            assertThat(refusal.reason()).contains("row-level security");
          });
      sink.commit(progress(3));
    }
    assertThat(ids()).isEqualTo(List.of(1L, 3L));
  }

  @Test
  void names_the_row_when_rows_replace_others_by_a_key() throws Exception {
    query(constrained("v bigint CHECK (v > 0), s text, UNIQUE (id)"));
    try (PostgresSink sink = opened(settings("postgres", "id"), SCHEMA)) {
      sink.write(
          Batches.of(
              SCHEMA,
              List.of(ok(1), ok(2), Batches.row(1L, -1L, "s"), Batches.row(2L, 7L, "new")),
              false));
      sink.flush();

      assertThat(sink.refused()).extracting(Refusal::sequence).containsExactly(3L);
      sink.commit(progress(4));
    }
    assertThat(server.query("SELECT id, v, s FROM " + table + " ORDER BY id"))
        .containsExactly(List.of("1", "1", "s1"), List.of("2", "7", "new"));
  }

  @Test
  void takes_back_everything_when_it_ends_before_the_commit() throws Exception {
    query(constrained("v bigint CHECK (v > 0), s text"));
    try (PostgresSink sink = opened(settings("postgres"), SCHEMA)) {
      sink.write(Batches.of(SCHEMA, List.of(ok(1), Batches.row(2L, -1L, "s"), ok(3)), false));
      sink.flush();
      assertThat(sink.refused()).hasSize(1);
    }
    assertThat(ids()).isEmpty();
  }

  @ParameterizedTest(name = "{0} of {1}")
  @CsvSource({"1, 20000, 20", "10, 10000, 40", "100, 10000, 1100", "400, 400, 850"})
  void costs_about_k_log_n_attempts_when_k_of_n_rows_are_refused(int k, int n, int most)
      throws Exception {
    query(constrained("v bigint CHECK (v > 0), s text"));
    query("CREATE SEQUENCE @_attempts");
    query(
        "CREATE FUNCTION @_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " PERFORM nextval('@_attempts'); RETURN NULL; END $$");
    query("CREATE TRIGGER counts BEFORE INSERT ON @ FOR EACH STATEMENT EXECUTE FUNCTION @_count()");
    TreeSet<Long> guilty = new TreeSet<>();
    SplittableRandom random = new SplittableRandom(k);
    while (guilty.size() < k) {
      guilty.add(random.nextLong(n) + 1);
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long id = 1; id <= n; id++) {
      rows.add(guilty.contains(id) ? Batches.row(id, -id, "s") : ok(id));
    }
    List<Long> refused = new ArrayList<>();
    try (PostgresSink sink = opened(settings("postgres"), SCHEMA)) {
      sink.write(Batches.of(SCHEMA, rows, false));
      sink.flush();
      sink.refused().forEach(each -> refused.add(each.sequence()));
      sink.commit(progress(n));
    }
    assertThat(refused).containsExactlyElementsOf(guilty);
    assertThat(server.query("SELECT count(*) FROM " + table + " WHERE v = id"))
        .containsExactly(List.of(String.valueOf(n - k)));
    String attempts =
        server.query("SELECT last_value FROM " + table + "_attempts").getFirst().getFirst();
    assertThat(Integer.parseInt(String.valueOf(attempts))).isLessThan(most);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"53100, disk full", "40001, serialization", "40P01, deadlock", "57P01, shutdown"})
  void waits_when_the_server_is_away_or_has_no_room(String state, String what) throws Exception {
    for (String each : triggered("BEFORE", state).split(";", -1)) {
      query(each);
    }
    try (PostgresSink sink = opened(settings("postgres"), SCHEMA)) {
      Batch batch = Batches.of(SCHEMA, List.of(ok(1), Batches.row(2L, -1L, what)), false);

      assertThatThrownBy(
              () -> {
                sink.write(batch);
                sink.flush();
              })
          .isInstanceOf(RetryableException.class)
          .hasMessageContaining("no such hall");
      assertThat(sink.refused()).isEmpty();
    }
  }

  static Stream<Arguments> faultsOfTheTable() {
    return Stream.of(
        arguments("DROP TABLE @", "does not exist"),
        arguments("REVOKE INSERT ON @ FROM writer", "permission denied"),
        arguments("ALTER TABLE @ DROP COLUMN v", "column \"v\""),
        arguments(
            "CREATE TRIGGER guard BEFORE INSERT ON @ FOR EACH ROW EXECUTE FUNCTION broken()",
            "no_such_function"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faultsOfTheTable")
  void fails_and_refuses_no_row_when_the_table_takes_none(String change, String words)
      throws Exception {
    query(constrained("v bigint, s text"));
    try (PostgresSink sink = opened(settings("writer"), SCHEMA)) {
      query(change);

      assertThatThrownBy(
              () -> {
                sink.write(Batches.of(SCHEMA, List.of(ok(1), ok(2)), false));
                sink.flush();
              })
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(RetryableException.class)
          .hasMessageContaining(words);
      assertThat(sink.refused()).isEmpty();
    }
  }

  // ------------------------------------------------------------------ names

  private static Schema named(String... names) {
    return Schema.of(
        Stream.of(names).map(name -> Field.of(name, ColumnType.INT64)).toArray(Field[]::new));
  }

  @ParameterizedTest
  @CsvSource({"x", "é", "温", "𝄞"})
  void goes_on_and_starts_over_when_a_column_has_a_longer_name_than_the_server_keeps(String letter)
      throws Exception {
    Schema schema = named("a" + letter.repeat(70), "forebay_row");
    for (int run = 0; run < 3; run++) {
      try (PostgresSink sink = PostgresSink.to(settings("postgres"))) {
        boolean resume = sink.recover().isPresent();
        sink.open(new SinkContext("test", schema, List.of("source"), resume && run < 2));
        sink.write(Batches.of(schema, Batches.row((long) run, 1L)));
        sink.commit(progress(run + 1));
      }
    }
    assertThat(server.query("SELECT count(*), count(DISTINCT ROW(t.*)) FROM " + table + " t"))
        .containsExactly(List.of("3", "3"));
  }

  @Test
  void refuses_two_columns_that_the_server_would_take_for_one() {
    String most = "x".repeat(63);

    assertThatThrownBy(() -> opened(settings("postgres"), named(most + "1", most + "2")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("rename one of the fields");
  }

  @Test
  void refuses_a_table_whose_name_the_server_would_cut_off() {
    PostgresSettings plain = settings("postgres");
    for (String name : List.of("x".repeat(64), "x".repeat(64) + ".t", "public." + "é".repeat(32))) {
      PostgresSettings settings =
          new PostgresSettings(
              plain.host(),
              plain.port(),
              plain.database(),
              plain.user(),
              plain.password(),
              name,
              true,
              List.of(),
              false,
              false,
              plain.caFile());
      assertThatThrownBy(() -> opened(settings, SCHEMA))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("give the table a shorter one");
    }
  }
}
