package io.forebay.functions.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.Batches;
import io.forebay.testkit.FunctionContract;
import io.forebay.testkit.FunctionResult;
import io.forebay.testkit.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SqlTest {
  private static final long SEED = Seed.of(52);

  private static final Schema READINGS =
      Schema.of(
          Field.nullable("sensorId", ColumnType.STRING),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("text", ColumnType.STRING));

  @TempDir private Path folder;

  private static Batch readings(int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          Batches.row(
              random.nextInt(9) == 0 ? null : "sensor-" + random.nextInt(5),
              switch (random.nextInt(9)) {
                case 0 -> null;
                case 1 -> Double.NaN;
                case 2 -> Double.POSITIVE_INFINITY;
                default -> random.nextInt(-4000, 12000) / 100.0;
              },
              new String[] {null, "12", "1e3", "no number", "a text that is longer than 12 bytes"}
                  [random.nextInt(5)]));
    }
    return Batches.of(READINGS, rows);
  }

  private static Sql sql(String statement) {
    return new Sql(Map.of("sql", statement));
  }

  private static FunctionResult apply(Sql function, Batch batch) throws Exception {
    try (function) {
      return Batches.apply(function, batch);
    }
  }

  private static List<@Nullable Object> column(FunctionResult result, String name) {
    List<@Nullable Object> values = new ArrayList<>();
    result.rows().forEach(row -> values.add(row.get(name)));
    return values;
  }

  @Test
  void adds_what_is_selected_when_the_star_passes_on_the_rest() throws Exception {
    Sql function = sql("select *, round((value - 20) / 60, 4) as normalized from batch");
    Batch readings = readings(5_000);

    FunctionResult result = apply(function, readings);

    assertThat(function.outputs(READINGS).fields())
        .containsExactly(Field.nullable("normalized", ColumnType.FLOAT64));
    function.close();
    assertThat(result.batch().rows()).isEqualTo(5_000);
    for (Map<String, @Nullable Object> row : result.rows()) {
      Double value = (Double) row.get("value");
      Double normalized = (Double) row.get("normalized");
      if (value == null) {
        assertThat(normalized).isNull();
      } else if (Double.isFinite(value)) {
        assertThat(normalized).isEqualTo(Math.round((value - 20) / 60 * 1e4) / 1e4);
      } else {
        assertThat(normalized).isEqualTo(value);
      }
    }
  }

  @Test
  void leaves_out_records_when_the_statement_has_no_row_for_them() throws Exception {
    FunctionResult result =
        apply(
            sql("select value * 2 as doubled from batch where value between 0 and 50;"),
            Batches.of("value", 60, 10, -1, 50, Double.NaN));

    assertThat(result.inputRows()).containsExactly(1, 3);
    assertThat(result.rows())
        .containsExactly(
            Map.of("value", 10.0, "doubled", 20.0), Map.of("value", 50.0, "doubled", 100.0));
  }

  @Test
  void replaces_a_column_when_it_selects_one_of_its_name() throws Exception {
    for (String statement :
        List.of(
            "select * replace (value + 1 as value) from batch",
            "select *, value + 1 as value from batch",
            "select value + 1 as value from batch",
            "select * from (select value + 1 as value, * exclude (value) from batch)")) {
      FunctionResult result = apply(sql(statement), Batches.of("value", 1, 2));
      assertThat(column(result, "value")).as(statement).containsExactly(2.0, 3.0);
    }
  }

  @Test
  void gives_columns_of_every_type_when_they_are_selected() throws Exception {
    Schema all =
        Schema.of(
            Field.of("b", ColumnType.BOOL),
            Field.of("i", ColumnType.INT32),
            Field.of("l", ColumnType.INT64),
            Field.of("f", ColumnType.FLOAT32),
            Field.of("d", ColumnType.FLOAT64),
            Field.of("ms", ColumnType.TIMESTAMP_MS),
            Field.of("us", ColumnType.TIMESTAMP_US),
            Field.of("ns", ColumnType.TIMESTAMP_NS),
            Field.of("s", ColumnType.STRING),
            Field.of("raw", ColumnType.BINARY),
            Field.of("wave", ColumnType.FLOAT64_LIST));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      rows.add(
          Batches.row(
              i % 3 == 0,
              i - 1_000,
              Long.MIN_VALUE + i,
              i / 8f,
              i / 3.0,
              1_700_000_000_000L + i,
              -1_000_000L * i,
              1_700_000_000_000_000_000L + i,
              "ä€𝄞".repeat(i % 7),
              new byte[] {(byte) i, 2, 3},
              new double[] {i, -0.0, i % 2}));
    }
    Batch batch = Batches.of(all, rows);
    StringBuilder statement = new StringBuilder("select ");
    for (Field field : all.fields()) {
      statement.append(field.name()).append(" as ").append(field.name()).append("2, ");
    }

    FunctionResult result =
        apply(sql(statement + "1.5::decimal(4, 2) as dec, 7::tinyint as tiny from batch"), batch);

    assertThat(result.batch().rows()).isEqualTo(3_000);
    for (Map<String, @Nullable Object> row : result.rows()) {
      for (Field field : all.fields()) {
        assertThat(row.get(field.name() + "2")).isEqualTo(row.get(field.name()));
      }
      assertThat(row).containsEntry("dec", 1.5).containsEntry("tiny", 7);
    }
    assertThat(((ByteBuffer) result.rows().getFirst().get("raw2")).remaining()).isEqualTo(3);
  }

  private String sites() throws IOException {
    Path sites = folder.resolve("sites.csv");
    Files.writeString(
        sites, "sensorId,site,max\nsensor-1,hall a,50\nsensor-2,'b',60.5\nsensor-3,,70\n");
    return "sites = " + sites;
  }

  @Test
  void joins_a_table_when_one_is_named() throws Exception {
    Map<String, String> parameters =
        Map.of(
            "sql",
            "select *, value > max as high from batch left join sites using (sensorId)",
            "tables",
            sites());
    Batch batch =
        Batches.of(
            READINGS,
            Batches.row("sensor-2", 61.0, null),
            Batches.row("sensor-9", 61.0, null),
            Batches.row("sensor-1", 49.0, null),
            Batches.row(null, 1.0, null));

    FunctionResult result = apply(new Sql(parameters), batch);

    assertThat(column(result, "site")).containsExactly("'b'", null, "hall a", null);
    assertThat(column(result, "high")).containsExactly(true, null, false, null);
    assertThat(column(result, "sensorId"))
        .containsExactly("sensor-2", "sensor-9", "sensor-1", null);
    FunctionContract.check(() -> new Sql(parameters), readings(25));
  }

  @Test
  void rejects_the_record_when_a_table_has_its_key_twice() throws Exception {
    Path twice = folder.resolve("twice.csv");
    Files.writeString(twice, "value,x\n1,7\n1,8\n2,9\n");
    FunctionResult result =
        apply(
            new Sql(
                Map.of(
                    "sql",
                    "select * from batch join twice using (value)",
                    "tables",
                    "twice=" + twice)),
            Batches.of("value", 1, 2, 3));
    assertThat(result.rejected())
        .isEqualTo(
            Map.of(
                0,
                "the sql has several results for the record, which may have one: let tables have"
                    + " one row for each key that is joined"));
    assertThat(result.inputRows()).containsExactly(1);
  }

  @Test
  void keeps_the_contract_when_values_are_good_and_bad() {
    FunctionContract.check(
        () -> sql("select *, upper(text) as upper, value / 3 as third from batch where value < 90"),
        readings(40));
    FunctionContract.check(() -> sql("select text::double as number from batch"), readings(15));
  }

  @Test
  void rejects_with_what_duckdb_says_when_a_record_cannot_be_computed() throws Exception {
    Batch bad = Batches.of(READINGS, Batches.row("a", 1.0, "no number"));
    assertThat(apply(sql("select text::double as number from batch"), bad).rejected().get(0))
        .startsWith("the sql cannot be computed: Could not convert string 'no number' to DOUBLE");
    assertThat(apply(sql("select 'infinity'::timestamp as t from batch"), bad).rejected().get(0))
        .contains("'t' is ", "out of the range of a timestamp-us");
    assertThat(apply(sql("select [value, null] as w from batch"), bad).rejected())
        .containsEntry(0, "'w' is a list with a null in it");
  }

  @Test
  void refuses_when_the_star_has_a_column_of_a_table_that_the_batch_has_too() throws IOException {
    Map<String, String> parameters =
        Map.of(
            "sql",
            "select * from batch join sites on batch.sensorId = sites.sensorId",
            "tables",
            sites());
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> new Sql(parameters).outputs(READINGS))
        .withMessage(
            "the star in the parameter sql has two columns 'sensorId', of batch and of a table:"
                + " join them by using (sensorId), or name the columns that are wanted");
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        arguments(
            "select *, round(valu) as r from batch",
            "the parameter sql cannot be used at character 17: Referenced column \"valu\" not"
                + " found"),
        arguments(
            "select *,\n  roundd(value) as r from batch",
            "the parameter sql cannot be used at line 2, character 3: Scalar Function with name"),
        arguments("select * fro batch", "the parameter sql cannot be used at character "),
        arguments("select 1 as one; drop table batch", "the parameter sql cannot be used"),
        arguments("select 1 as one from sites", "the parameter sql does not read the table batch"),
        arguments("delete from batch", "the parameter sql does not begin with select"),
        arguments(
            "select *, avg(value) over () as mean from batch",
            "the parameter sql has over at character 22, but a row's result may not depend on other"
                + " rows of its batch: leave it out"),
        arguments(
            "select * from batch limit 3",
            "the parameter sql has limit at character 21, but a row's"),
        arguments(
            "select distinct value from batch", "the parameter sql has distinct at character 8"),
        arguments(
            "select (select max(value) from batch) as m from batch",
            "the parameter sql has batch at character 49, but a row's result may not depend on"
                + " other rows of its batch, so batch is named once"),
        arguments(
            "select *, random() as r from batch",
            "the parameter sql has random at character 11, but a row has to give the same result"),
        arguments("select *, now() as r from batch", "the parameter sql has now at character 11"),
        arguments(
            "select max(value) as m from batch",
            "the parameter sql does not give rows of the batch, because it groups them"),
        arguments(
            "select {'a': value} as s from batch",
            "the result 's' is struct(a double), which no column can hold: cast it in the parameter"
                + " sql, as s::varchar or to timestamp, bigint or double"),
        arguments(
            "select *, content from batch, read_text('/etc/passwd')",
            "the parameter sql cannot be used"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refuses_in_a_sentence_with_the_place_when_the_statement_is_wrong(
      String statement, String message) {
    Throwable thrown = catchThrowable(() -> sql(statement).outputs(READINGS));
    assertThat(thrown).isInstanceOf(ConfigurationException.class);
    assertThat(thrown.getMessage()).startsWith(message).doesNotContain("\n");
  }

  @Test
  void refuses_when_a_table_is_not_there_or_no_table() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> new Sql(Map.of("sql", "select 1", "tables", "sites = sites.xlsx")))
        .withMessage(
            "the parameter tables is 'sites = sites.xlsx', of which 'sites.xlsx' is neither CSV nor"
                + " Parquet: give names of tables with CSV or Parquet files: \"sites = sites.csv,"
                + " limits = limits.parquet\"");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() ->
            new Sql(Map.of("sql", "select * from batch", "tables", "sites = no/sites.csv"))
                .outputs(READINGS))
        .withMessageStartingWith("there is no file no/sites.csv (/")
        .withMessageEndingWith(
            " for the table sites: say with the parameter tables where it is, from the folder in"
                + " which forebay is started");
  }

  @Test
  void has_a_database_of_its_own_when_there_are_several() throws Exception {
    try (Sql first = sql("select value + 1 as x from batch");
        Sql second = sql("select value + 2 as x from batch")) {
      Batch batch = Batches.of("value", 1);
      assertThat(column(Batches.apply(first, batch), "x")).containsExactly(2.0);
      assertThat(column(Batches.apply(second, batch), "x")).containsExactly(3.0);
      assertThat(column(Batches.apply(first, batch), "x")).containsExactly(2.0);
    }
  }
}
