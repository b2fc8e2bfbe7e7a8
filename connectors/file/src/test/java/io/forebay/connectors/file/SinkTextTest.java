package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.Batches;
import io.forebay.testkit.CollectingWriter;
import io.forebay.testkit.CollectingWriter.Line;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What sinks write, and that sources read the same values back. */
class SinkTextTest {
  private static final Schema ALL =
      Schema.of(
          Field.of("s", ColumnType.STRING),
          Field.nullable("na\"me\n", ColumnType.STRING),
          Field.of("i", ColumnType.INT32),
          Field.nullable("l", ColumnType.INT64),
          Field.of("f", ColumnType.FLOAT32),
          Field.nullable("d", ColumnType.FLOAT64),
          Field.of("t", ColumnType.TIMESTAMP_NS),
          Field.nullable("b", ColumnType.BOOL),
          Field.nullable("x", ColumnType.BINARY),
          Field.nullable("w", ColumnType.FLOAT64_LIST));

  private static String write(Function<OutputStream, Sink> make, Batch... batches) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Sink sink = make.apply(bytes)) {
      sink.open(new SinkContext("p", batches[0].schema(), List.of("s"), false));
      for (Batch batch : batches) {
        sink.write(batch);
      }
      sink.commit(new Progress("p", Frontier.START, true));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Batch odd() {
    return Batches.of(
        ALL,
        Batches.row(
            "a\"b\\c\u0001\n\té温🌡", null, -5, Long.MIN_VALUE, 0.1f, 20.0, 7L, null, null, null),
        Batches.row(
            "", "x,y", 5, null, -0.0f, null, -1L, true, new byte[] {0, 1}, new double[] {1, 1e-7}));
  }

  @Test
  void writes_members_in_the_order_of_the_schema_when_the_format_is_json() {
    String expected =
        """
        {"s":"a\\"b\\\\c\\u0001\\n\\té温🌡","na\\"me\\n":null,"i":-5,"l":-9223372036854775808,"f":0.1,"d":20.0,"t":7,"b":null,"x":null,"w":null,"unit":"C", "n" : [1]}
        {"s":"","na\\"me\\n":"x,y","i":5,"l":null,"f":-0.0,"d":null,"t":-1,"b":true,"x":"AAE=","w":[1.0,1e-07]}
        """;
    assertThat(write(JsonlSink::to, Batches.withExtras(odd(), "\"unit\":\"C\", \"n\" : [1]", null)))
        .isEqualTo(expected);
    assertThat(
            write(
                JsonlSink::to,
                Batches.withExtras(
                    Batches.of(Schema.of(), Batches.row(), Batches.row()), "\"a\":1", null)))
        .isEqualTo("{\"a\":1}\n{}\n");
  }

  @Test
  void writes_cells_with_quotes_where_they_need_them_when_the_format_is_csv() {
    String expected =
        """
        s,"na""me
        ",i,l,f,d,t,b,x,w,extras
        "a""b\\c\u0001
        \té温🌡",,-5,-9223372036854775808,0.1,20.0,7,,,,"{""unit"":""C""}"
        "","x,y",5,,-0.0,,-1,true,AAE=,"[1.0,1e-07]",
        """;
    Batch batch = Batches.withExtras(odd(), "\"unit\":\"C\"", null);
    assertThat(write(CsvSink::to, batch)).isEqualTo(expected);
    assertThat(write(out -> CsvSink.to(out).dropExtras(), batch))
        .isEqualTo(
            expected
                .replace(",extras", "")
                .replace(",\"{\"\"unit\"\":\"\"C\"\"}\"", "")
                .replace("1e-07]\",", "1e-07]\""));
    assertThat(write(CsvSink::to, Batches.of(ALL))).startsWith("s,").hasLineCount(2);
    assertThat(write(out -> CsvSink.to(out).separator('\t'), odd())).contains("-5\t-92");
  }

  @Test
  void refuses_when_a_field_has_the_name_of_the_extras_column() {
    Batch batch =
        Batches.withExtras(
            Batches.of(Schema.of(Field.of("extras", ColumnType.INT32)), Batches.row(1)), "\"a\":1");
    assertThatThrownBy(() -> write(CsvSink::to, batch))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("drop the extras");
  }

  @Test
  void writes_null_and_counts_when_a_double_is_not_finite() throws IOException {
    Batch batch = Batches.of("value", 1, Double.NaN, Double.NEGATIVE_INFINITY, 2);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JsonlSink sink = JsonlSink.to(bytes);
    sink.open(new SinkContext("p", batch.schema(), List.of("s"), false));
    sink.write(batch);
    sink.commit(new Progress("p", Frontier.START, true));
    assertThat(sink.nonFinite()).isEqualTo(2);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo("{\"value\":1.0}\n{\"value\":null}\n{\"value\":null}\n{\"value\":2.0}\n");
  }

  @Test
  void reads_back_what_it_wrote_when_rows_are_random() {
    for (int seed = 0; seed < 8; seed++) {
      Random random = new Random(seed);
      List<List<Object>> rows = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        rows.add(row(random));
      }
      Batch batch = Batches.of(ALL, rows, random.nextBoolean());
      List<Map<String, Object>> expected = expected(rows);
      String json = write(JsonlSink::to, batch.slice(0, 700), batch.slice(700, 1_000));
      assertThat(values(Sources.of(json).fields(ALL).build()))
          .as("seed %d", seed)
          .isEqualTo(expected);
      for (char separator : new char[] {',', ';', '\t'}) {
        String csv = write(out -> CsvSink.to(out).separator(separator), batch);
        FileSource source =
            Sources.of(csv).format(FileFormat.CSV).separator(separator).fields(ALL).build();
        assertThat(values(source)).as("seed %d", seed).isEqualTo(expected);
      }
    }
  }

  private static List<Map<String, Object>> values(FileSource source) {
    CollectingWriter read = Sources.run(source);
    assertThat(read.rejected()).isEmpty();
    return read.lines().stream().map(Line::values).toList();
  }

  private static List<Object> row(Random random) {
    byte[] bytes = new byte[random.nextInt(5)];
    random.nextBytes(bytes);
    return Arrays.asList(
        text(random),
        random.nextBoolean() ? null : text(random),
        random.nextInt() >> random.nextInt(32),
        random.nextBoolean() ? null : random.nextLong() >> random.nextInt(64),
        random.nextFloat(),
        random.nextBoolean() ? null : random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15),
        random.nextLong(),
        random.nextBoolean() ? null : random.nextBoolean(),
        random.nextBoolean() ? null : bytes,
        random.nextBoolean() ? null : random.doubles(random.nextInt(4)).toArray());
  }

  private static String text(Random random) {
    String[] pieces = {
      "sensor-", "é", "温", "🌡", "\"", "\\", "\n", "\r", "\t", ",", ";", "\u0000", "\u001f", " "
    };
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(random.nextInt(10) == 0 ? 200 : 4); i > 0; i--) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    return text.toString();
  }

  private static List<Map<String, Object>> expected(List<List<Object>> rows) {
    List<Map<String, Object>> expected = new ArrayList<>();
    for (List<Object> row : rows) {
      Map<String, Object> values = new LinkedHashMap<>();
      for (int i = 0; i < row.size(); i++) {
        Object value =
            switch (row.get(i)) {
              case null -> null;
              case Integer number -> number.longValue();
              case Float number -> number.doubleValue();
              case byte[] bytes -> new String(bytes, StandardCharsets.ISO_8859_1);
              case double[] list -> Arrays.stream(list).boxed().toList();
              default -> row.get(i);
            };
        if (value != null) {
          values.put(ALL.field(i).name(), value);
        }
      }
      expected.add(values);
    }
    return expected;
  }
}
