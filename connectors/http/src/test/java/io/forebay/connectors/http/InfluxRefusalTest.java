package io.forebay.connectors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.http.FakeInflux.Refusing;
import io.forebay.errors.RetryableException;
import io.forebay.testkit.Batches;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that refuses some points, in each way that servers have. */
@Timeout(180)
final class InfluxRefusalTest {
  private static final Schema SCHEMA =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));
  private static final Progress PROGRESS = new Progress("p", Frontier.START, false);
  private static final int ROWS = 500;

  private final List<Refusal> refused = new ArrayList<>();

  private static InfluxSink sink(FakeInflux influx) throws IOException {
    InfluxSink sink =
        new InfluxSink(
            InfluxSettings.of(
                influx.url(), new InfluxSettings.Target.Bucket("o", "b", ""), "reading"));
    sink.open(new SinkContext("p", SCHEMA, List.of("a"), false));
    return sink;
  }

  private static Batch batch(int rows, IntPredicate bad) {
    List<List<Object>> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      all.add(Batches.row((bad.test(i) ? "it's 'bad': " : "s") + i % 7, 1_000L + i, i / 2.0));
    }
    return Batches.of(SCHEMA, all);
  }

  private void write(InfluxSink sink, Batch batch) throws IOException {
    sink.write(batch);
    refused.addAll(sink.refused());
    sink.flush();
    refused.addAll(sink.refused());
    sink.commit(PROGRESS);
  }

  private void check(FakeInflux influx, Batch batch, IntPredicate bad) {
    assertThat(refused.stream().map(Refusal::sequence).sorted())
        .as("refused")
        .isEqualTo(
            IntStream.range(0, batch.rows())
                .filter(bad)
                .mapToObj(row -> batch.sequence(row))
                .toList());
    assertThat(influx.stored().keySet())
        .as("stored")
        .hasSize(batch.rows() - refused.size())
        .noneMatch(series -> series.contains("bad"));
    assertThat(refused)
        .allSatisfy(each -> {
          assertThat(each.partition()).isEqualTo(batch.partition(0));
          assertThat(each.detail()).startsWith("reading,sensorId=it's\\ 'bad':");
        });
  }

  @ParameterizedTest
  @EnumSource(Refusing.class)
  void delivers_all_others_when_some_points_are_refused(Refusing how) throws Exception {
    try (FakeInflux influx = new FakeInflux();
        InfluxSink sink = sink(influx)) {
      influx.refusing = how;
      IntPredicate bad = i -> i % 50 == 7 || i == 0 || i == ROWS - 1;
      Batch batch = batch(ROWS, bad);

      write(sink, batch);

      check(influx, batch, bad);
      assertThat(refused)
          .allSatisfy(each ->
              assertThat(each.reason())
                  .contains("refuses the point with 4")
                  .contains("it's bad")
                  .hasSizeLessThan(450));
      boolean named = how == Refusing.QUOTES || how == Refusing.NUMBERS;
      assertThat(influx.requests.get()).isBetween(2, named ? 2 : 200);
    }
  }

  @Test
  void sends_less_at_once_and_names_the_point_that_is_too_large_alone() throws Exception {
    try (FakeInflux influx = new FakeInflux();
        InfluxSink sink = sink(influx)) {
      influx.mostBytes = 2_000;
      List<List<Object>> rows = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        rows.add(Batches.row("s".repeat(i == 100 ? 3_000 : 1), 1_000L + i, i / 2.0));
      }
      Batch batch = Batches.of(SCHEMA, rows);

      write(sink, batch);

      assertThat(refused)
          .singleElement()
          .satisfies(refusal -> {
            assertThat(refusal.sequence()).isEqualTo(batch.sequence(100));
            assertThat(refusal.reason()).contains("refuses the point with 413 (request too large)");
          });
      assertThat(influx.stored()).hasSize(299);
    }
  }

  @ParameterizedTest
  @EnumSource(Refusing.class)
  void goes_on_when_every_point_is_refused(Refusing how) throws Exception {
    try (FakeInflux influx = new FakeInflux();
        InfluxSink sink = sink(influx)) {
      influx.refusing = how;

      write(sink, batch(100, i -> true));

      assertThat(refused).hasSize(100);
      assertThat(influx.stored()).isEmpty();
      refused.clear();
      Batch good = batch(100, i -> false);
      write(sink, good);
      check(influx, good, i -> false);
    }
  }

  @Test
  void bounds_the_attempts_and_keeps_what_it_cannot_tell_apart() throws Exception {
    try (FakeInflux influx = new FakeInflux();
        InfluxSink sink = sink(influx)) {
      influx.refusing = Refusing.SILENT;
      IntPredicate bad = i -> i % 3 == 0;

      write(sink, batch(4_000, bad));

      assertThat(influx.requests.get()).isBetween(1_000, 2_002);
      assertThat(influx.stored().size() + refused.size()).isEqualTo(4_000);
      assertThat(refused.stream().filter(each -> each.detail().contains("bad"))).hasSize(1_334);
      assertThat(refused)
          .anySatisfy(each ->
              assertThat(each.reason()).contains("which ones was not found in 1000 attempts"));
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "5"})
  void is_written_again_when_the_server_gets_busy_while_points_are_sorted_out(int busyAfter)
      throws Exception {
    try (FakeInflux influx = new FakeInflux();
        InfluxSink sink = sink(influx)) {
      influx.refusing = Refusing.SILENT;
      influx.busyAfter.set(busyAfter);
      IntPredicate bad = i -> i % 20 == 3;
      Batch batch = batch(100, bad);

      sink.write(batch);
      assertThatThrownBy(sink::flush).isInstanceOf(RetryableException.class);
      sink.open(new SinkContext("p", SCHEMA, List.of("a"), false));
      assertThat(sink.refused()).as("those are refused again").isEmpty();
      write(sink, batch);

      check(influx, batch, bad);
    }
  }

  @Test
  void believes_only_names_of_lines_that_were_sent() {
    List<String> lines = List.of("m a=1 1", "m b=2 2", "m c=3 3");
    for (String answer :
        List.of(
            "",
            "{}",
            "{",
            "[1]",
            "null",
            "{\"line\":0}",
            "{\"line\":4}",
            "{\"line\":-9223372036854775808}",
            "{\"line\":\"2\"}",
            "{\"data\":[{\"line_number\":2,\"original_line\":\"m c=\"}]}",
            "{\"data\":[null,7,{\"line_number\":null}]}",
            "{\"data\":\"m b=2\"}",
            "unable to parse '",
            "unable to parse ''",
            "unable to parse 'm b=2': ",
            "{\"error\":\"unable to parse 'm d=4 4': x\"}")) {
      assertThat(RefusedLines.in(answer, 3, lines::get)).as(answer).isEmpty();
    }
    assertThat(RefusedLines.in("{\"line\":2,\"message\":\"why\"}", 3, lines::get))
        .isEqualTo(Map.of(1, "why"));
    assertThat(
            RefusedLines.in(
                "{\"error\":\"x\",\"data\":{\"line_number\":3,\"original_line\":\"m c\"}}",
                3,
                lines::get))
        .isEqualTo(Map.of(2, "x"));
    assertThat(
            RefusedLines.in(
                "partial write: unable to parse 'm a=1 1': no\nunable to parse 'm c=3 3': so",
                3,
                lines::get))
        .isEqualTo(Map.of(0, "no", 2, "so"));
  }
}
