package io.forebay.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.LineProtocolLayout;
import io.forebay.formats.api.LineProtocolOptions;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.NonFinite;
import io.forebay.formats.api.TimePrecision;
import io.forebay.testkit.Batches;
import io.forebay.testkit.CollectingWriter.Line;
import io.forebay.testkit.Seed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rows as text; JSON and CSV are looked at more closely where files are written. */
class RowTextTest {
  private static final long SEED = Seed.of(20250104);
  private static final Schema ALL =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.nullable("d", ColumnType.FLOAT64),
          Field.nullable("f", ColumnType.FLOAT32),
          Field.nullable("l", ColumnType.INT64),
          Field.nullable("i", ColumnType.INT32),
          Field.nullable("b", ColumnType.BOOL),
          Field.nullable("te xt", ColumnType.STRING),
          Field.nullable("x", ColumnType.BINARY),
          Field.nullable("w", ColumnType.FLOAT64_LIST));

  private static List<String> write(RowText text, Batch batch) {
    List<String> rows = new ArrayList<>();
    Bytes out = new Bytes(8);
    text.load(batch);
    for (int row = 0; row < batch.rows(); row++) {
      out.length(0);
      boolean put = text.put(row, out);
      assertThat(put).isEqualTo(out.length() > 0);
      rows.add(new String(out.array(), 0, out.length(), StandardCharsets.UTF_8));
    }
    return rows;
  }

  private static RowText lineProtocol(Schema schema, NonFinite nonFinite) {
    return RowText.lineProtocol(schema, LineProtocolLayout.of("p,m", schema), nonFinite);
  }

  @Test
  void writes_points_when_the_format_is_line_protocol() {
    NonFinite nonFinite = new NonFinite("test");
    Batch batch =
        Batches.withExtras(
            Batches.of(
                ALL,
                Batches.row(
                    "a b,c=d\\",
                    5L,
                    20.0,
                    0.1f,
                    -7L,
                    8,
                    true,
                    "q\"\\ \n",
                    new byte[] {0, 1},
                    new double[] {1, Double.NaN}),
                Batches.row("", 6L, Double.NaN, null, null, null, null, null, null, null),
                Batches.row("x\ny", 7L, null, null, null, null, null, null, null, null)),
            null,
            null,
            "\"a b\":1.50,\"t\":true,\"n\":null,\"s\":\"\\u00e9\\\"\",\"o\" : {\"p\":[1, \"q\"]}");
    assertThat(write(lineProtocol(ALL, nonFinite), batch))
        .containsExactly(
            "p\\,m,sensorId=a\\ b\\,c\\=d d=20.0,f=0.1,l=-7i,i=8i,b=true,te\\ xt=\"q\\\"\\\\ \n\","
                + "x=\"AAE=\",w=\"[1.0,null]\" 5000000",
            "",
            "p\\,m,sensorId=x\\ y a\\ b=1.50,t=true,s=\"é\\\"\",o=\"{\\\"p\\\":[1, \\\"q\\\"]}\""
                + " 7000000");
    assertThat(nonFinite.count()).isEqualTo(2);
  }

  @Test
  void refuses_a_layout_when_the_columns_do_not_fit_it() {
    NonFinite nonFinite = new NonFinite("test");
    assertThatThrownBy(() ->
            RowText.lineProtocol(
                ALL,
                new LineProtocolLayout("m", List.of("d"), Optional.empty(), TimePrecision.SECONDS),
                nonFinite))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("tags are texts");
    assertThatThrownBy(() ->
            RowText.lineProtocol(
                ALL,
                new LineProtocolLayout("m", List.of(), Optional.of("l"), TimePrecision.SECONDS),
                nonFinite))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("name a timestamp column");
    assertThatThrownBy(() -> LineProtocolLayout.of("#", ALL))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void writes_the_same_json_and_csv_as_files_get_when_rows_are_written_one_by_one() {
    Schema schema = Schema.of(ALL.field("sensorId"), ALL.field("d"));
    Batch batch =
        Batches.withExtras(
            Batches.of(schema, Batches.row("a\"", 1.0), Batches.row("b", null)), "\"u\":1", null);
    assertThat(write(RowText.json(schema, new NonFinite("test")), batch))
        .containsExactly(
            "{\"sensorId\":\"a\\\"\",\"d\":1.0,\"u\":1}", "{\"sensorId\":\"b\",\"d\":null}");
    CsvRows csv = RowText.csv(schema, ';', false, new NonFinite("test"));
    assertThat(write(csv, batch)).containsExactly("\"a\"\"\";1.0;\"{\"\"u\"\":1}\"", "b;;");
    Bytes header = new Bytes(8);
    csv.putHeader(header);
    assertThat(new String(header.array(), 0, header.length(), StandardCharsets.UTF_8))
        .isEqualTo("sensorId;d;extras");
  }

  @Test
  void reads_back_what_it_wrote_when_points_are_random() {
    Random random = new Random(SEED);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      rows.add(row(random));
    }
    Batch batch = Batches.of(ALL, rows, true);
    for (TimePrecision precision : TimePrecision.values()) {
      LineProtocolLayout usual = LineProtocolLayout.of("m =\\,", ALL);
      LineProtocolLayout layout =
          new LineProtocolLayout(usual.measurement(), usual.tags(), usual.timestamp(), precision);
      List<String> points = write(RowText.lineProtocol(ALL, layout, new NonFinite("test")), batch);
      MessageDecoder decoder =
          MessageFormats.lineProtocol(
              ALL,
              FormatLimits.DEFAULT,
              Set.of("measurement"),
              new LineProtocolOptions(precision, Optional.empty()));
      List<Line> read = Decoded.decode(decoder, String.join("\n", points));
      assertThat(read).hasSameSizeAs(rows);
      for (int i = 0; i < rows.size(); i++) {
        Map<String, Object> expected = expected(rows.get(i), precision);
        if (!read.get(i).values().equals(expected)) {
          assertThat(read.get(i).values()).as(points.get(i)).isEqualTo(expected);
        }
      }
    }
  }

  private static Map<String, Object> expected(List<Object> row, TimePrecision precision) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < row.size(); i++) {
      Object value = row.get(i);
      if (i == 1 && precision == TimePrecision.SECONDS) {
        value = Math.floorDiv((long) value, 1000L) * 1000;
      }
      value =
          switch (value) {
            case null -> null;
            case Integer number -> number.longValue();
            case Float number -> number.doubleValue();
            case byte[] bytes -> new String(bytes, StandardCharsets.ISO_8859_1);
            case double[] list -> Arrays.stream(list).boxed().toList();
            default -> value;
          };
      if (value != null) {
        values.put(ALL.field(i).name(), value);
      }
    }
    return values;
  }

  private static List<Object> row(Random random) {
    byte[] bytes = new byte[random.nextInt(5)];
    random.nextBytes(bytes);
    return Arrays.asList(
        "s" + text(random, "\\ ", ",", "=", " ", "é", "\"", "\\") + "e",
        (long) random.nextInt(),
        random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15),
        random.nextBoolean() ? null : random.nextFloat(),
        random.nextBoolean() ? null : random.nextLong() >> random.nextInt(64),
        random.nextBoolean() ? null : random.nextInt(),
        random.nextBoolean() ? null : random.nextBoolean(),
        random.nextBoolean()
            ? null
            : text(random, "\n", ",", "\"", "\\", "温", " ", "=", "#", "\r\n"),
        random.nextBoolean() ? null : bytes,
        random.nextBoolean() ? null : random.doubles(random.nextInt(4)).toArray());
  }

  private static String text(Random random, String... pieces) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(random.nextBoolean() ? "x" : pieces[random.nextInt(pieces.length)]);
    }
    return text.toString();
  }
}
