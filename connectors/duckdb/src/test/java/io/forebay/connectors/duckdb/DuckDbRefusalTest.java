package io.forebay.connectors.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.duckdb.capi.Database;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.Batches;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows that a table with constraints refuses. */
class DuckDbRefusalTest {
  private static final Schema SCHEMA =
      Schema.of(
          Field.of("id", ColumnType.INT64),
          Field.nullable("v", ColumnType.INT64),
          Field.nullable("s", ColumnType.STRING));

  @TempDir Path folder;

  private String path() {
    return folder.resolve("t.duckdb").toString();
  }

  private List<List<@Nullable String>> query(String... statements) throws IOException {
    Database database = Database.open(path());
    try {
      List<List<@Nullable String>> rows = List.of();
      for (String each : statements) {
        rows = database.query(each);
      }
      return rows;
    } finally {
      database.close();
    }
  }

  private DuckDbSink opened(Schema schema) throws IOException {
    DuckDbSink sink = DuckDbSink.to(path(), "t").append();
    boolean resume = sink.recover().isPresent();
    sink.open(new SinkContext("test", schema, List.of("source"), resume));
    return sink;
  }

  private static Progress progress(long sequence) {
    return new Progress(
        "test", new Frontier(Map.of("source", new Position(sequence, sequence))), false);
  }

  private static List<@Nullable Object> ok(long id) {
    return Batches.row(id, id, "s" + id);
  }

  private static Batch batch(List<List<@Nullable Object>> rows) {
    return Batches.of(SCHEMA, rows, true);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        arguments("v BIGINT NOT NULL, s VARCHAR", null, "NOT NULL"),
        arguments("v BIGINT CHECK (v > 0), s VARCHAR", -1L, "CHECK"),
        arguments("v BIGINT UNIQUE, s VARCHAR", 2L, "uplicate key"),
        arguments("v BIGINT PRIMARY KEY, s VARCHAR", 2L, "uplicate key"),
        arguments("v BIGINT PRIMARY KEY, s VARCHAR", 99L, "uplicate key"),
        arguments("v BIGINT REFERENCES halls, s VARCHAR", -1L, "foreign key"),
        arguments("v BIGINT CHECK (v::TINYINT IS NOT NULL), s VARCHAR", 1_000L, "INT8"),
        arguments("v BIGINT, s VARCHAR); CREATE UNIQUE INDEX one ON t (v", 2L, "uplicate key"));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("refusals")
  void names_the_row_and_delivers_the_others_when_a_constraint_refuses_one(
      String columns, @Nullable Long v, String words) throws Exception {
    query(
        "CREATE TABLE halls (v BIGINT PRIMARY KEY)",
        "INSERT INTO halls SELECT * FROM range(1, 100)",
        "CREATE TABLE t (id BIGINT, " + columns + ")",
        "INSERT INTO t VALUES (99, 99, 'mine')");
    try (DuckDbSink sink = opened(SCHEMA)) {
      assertThat(sink.retryable()).as("the engine keeps the rows").isTrue();
      sink.write(batch(List.of(ok(1), ok(2))));
      sink.write(batch(List.of(Batches.row(3L, v, "s"), ok(4), ok(5))));
      sink.flush();

      List<Refusal> refused = sink.refused();
      assertThat(refused)
          .singleElement()
          .satisfies(refusal -> {
            // The second batch begins to count anew.
            assertThat(refusal.sequence()).isEqualTo(1);
            assertThat(refusal.reason()).startsWith("the table 't' in '").contains(words);
          });
      sink.commit(progress(5));
      sink.write(batch(List.of(ok(6))));
      sink.flush();
      sink.commit(progress(6));
    }
    assertThat(query("SELECT id FROM t ORDER BY id"))
        .extracting(List::getFirst)
        .containsExactly("1", "2", "4", "5", "6", "99");
    try (DuckDbSink next = DuckDbSink.to(path(), "t")) {
      assertThat(next.recover()).contains(progress(6));
    }
  }

  @Test
  void takes_back_everything_when_it_ends_before_the_commit() throws Exception {
    query("CREATE TABLE t (id BIGINT, v BIGINT CHECK (v > 0), s VARCHAR)");
    try (DuckDbSink sink = opened(SCHEMA)) {
      sink.write(batch(List.of(ok(1), Batches.row(2L, -1L, "s"), ok(3))));
      sink.flush();
      assertThat(sink.refused()).hasSize(1);
    }
    assertThat(query("SELECT * FROM t")).isEmpty();
  }

  @Test
  void delivers_rows_that_come_after_a_flush_with_those_before() throws Exception {
    query("CREATE TABLE t (id BIGINT, v BIGINT UNIQUE, s VARCHAR)");
    try (DuckDbSink sink = opened(SCHEMA)) {
      sink.write(batch(List.of(ok(1), ok(2))));
      sink.flush();
      sink.write(batch(List.of(ok(3), Batches.row(4L, 1L, "again"))));
      sink.flush();
      assertThat(sink.refused()).extracting(Refusal::sequence).containsExactly(2L);
      sink.commit(progress(4));
    }
    assertThat(query("SELECT id FROM t ORDER BY id"))
        .extracting(List::getFirst)
        .containsExactly("1", "2", "3");
  }

  @Test
  void keeps_members_that_no_field_declares_when_the_table_has_constraints() throws Exception {
    query("CREATE TABLE t (v DOUBLE CHECK (v > 0))");
    Batch plain = Batches.of("v", 1, -2);
    Batch more = Batches.withExtras(Batches.of("v", 3, -4), "\"unit\":\"°C\"", null);
    try (DuckDbSink sink = opened(more.schema())) {
      sink.write(plain);
      sink.write(more);
      sink.flush();
      assertThat(sink.refused()).hasSize(2);
      sink.commit(progress(4));
    }
    assertThat(query("SELECT v, extras FROM t ORDER BY v"))
        .containsExactly(java.util.Arrays.asList("1.0", null), List.of("3.0", "{\"unit\":\"°C\"}"));
  }

  @ParameterizedTest(name = "{0} of {1}, {2}")
  @CsvSource({"1, 20000, v > 0", "20, 5000, v > 0", "300, 300, v > 0", "10, 3000, unique"})
  void finds_exactly_the_refused_rows_when_k_of_n_are(int k, int n, String kind) throws Exception {
    boolean unique = kind.equals("unique");
    query(
        "CREATE TABLE t (id BIGINT, v BIGINT "
            + (unique ? "UNIQUE" : "CHECK (" + kind + ")")
            + ", s VARCHAR)");
    SplittableRandom random = new SplittableRandom(k);
    TreeSet<Long> guilty = new TreeSet<>();
    while (guilty.size() < k) {
      guilty.add(random.nextLong(n) + 1);
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long id = 1; id <= n; id++) {
      // Of two rows with one value, the first one is taken.
      rows.add(
          !guilty.contains(id) || (unique && id == guilty.first())
              ? ok(id)
              : Batches.row(id, unique ? guilty.first() : -id, "s"));
    }
    if (unique) {
      guilty.removeFirst();
    }
    List<Long> refused = new ArrayList<>();
    try (DuckDbSink sink = opened(SCHEMA)) {
      sink.write(batch(rows));
      sink.flush();
      sink.refused().forEach(each -> refused.add(each.sequence()));
      sink.commit(progress(n));
    }
    assertThat(refused).containsExactlyElementsOf(guilty);
    assertThat(query("SELECT count(*) FROM t WHERE v = id"))
        .containsExactly(List.of(String.valueOf(n - guilty.size())));
  }

  @Test
  void fails_and_refuses_no_row_when_the_table_is_gone() throws Exception {
    query("CREATE TABLE t (id BIGINT, v BIGINT CHECK (v > 0), s VARCHAR)");
    try (DuckDbSink sink = opened(SCHEMA)) {
      query("DROP TABLE t");
      assertThatThrownBy(
              () -> {
                sink.write(batch(List.of(ok(1))));
                sink.flush();
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("could not be written");
      assertThat(sink.refused()).isEmpty();
    }
  }

  @Test
  void keeps_nothing_for_dead_letter_when_the_table_has_no_constraints() throws Exception {
    query("CREATE TABLE t (id BIGINT, v BIGINT, s VARCHAR)");
    try (DuckDbSink sink = DuckDbSink.to(path(), "t")) {
      assertThat(sink.retryable()).isFalse();
    }
  }

  private static Schema twice() {
    return Schema.of(Field.of("Value", ColumnType.INT64), Field.of("value", ColumnType.INT64));
  }

  @Test
  void refuses_two_fields_that_differ_in_case_only_also_in_a_table_that_is_there()
      throws Exception {
    query("CREATE TABLE t (value BIGINT)");

    assertThatThrownBy(() -> opened(twice()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("rename one of the fields");
    try (Sink parquet = ParquetSink.to(folder.resolve("p").toString())) {
      assertThatThrownBy(
              () -> parquet.open(new SinkContext("test", twice(), List.of("source"), false)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("rename one of the fields");
    }
  }
}
