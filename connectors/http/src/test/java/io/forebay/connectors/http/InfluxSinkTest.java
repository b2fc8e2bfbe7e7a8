package io.forebay.connectors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.forebay.testkit.Batches;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class InfluxSinkTest {
  private static final Schema SCHEMA =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("count", ColumnType.INT64));
  private static final Progress PROGRESS =
      new Progress("p", new Frontier(Map.of("a/0=x y", new Position(7, 99))), false);

  @TempDir Path folder;

  private static InfluxSettings settings(URI url, boolean gzip, int points) {
    return new InfluxSettings(
        url,
        new InfluxSettings.Target.Bucket("acme & co", "plant", "tok"),
        "reading",
        List.of(),
        Optional.empty(),
        gzip,
        points,
        1 << 20,
        Duration.ofSeconds(30),
        Optional.empty());
  }

  private static SinkContext context(boolean resume) {
    return new SinkContext("p", SCHEMA, List.of("a"), resume);
  }

  private static Batch batch(int from, int rows) {
    List<List<Object>> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      all.add(Batches.row("s" + (from + i) % 3, 1_000L + from + i, (from + i) / 2.0, 7L));
    }
    return Batches.of(SCHEMA, all);
  }

  @Test
  void writes_points_in_batches_and_the_rest_when_it_commits() throws Exception {
    try (FakeInflux influx = new FakeInflux();
        InfluxSink sink = new InfluxSink(settings(influx.url(), true, 10))) {
      sink.open(context(false));
      sink.write(batch(0, 25));
      assertThat(influx.requests).hasValue(2);
      sink.commit(PROGRESS);
      assertThat(influx.requests).hasValue(3);
      sink.commit(PROGRESS);
      assertThat(influx.requests).hasValue(3);
      assertThat(influx.stored())
          .hasSize(25)
          .containsEntry("reading,sensorId=s1 1004000000", " value=2.0,count=7i");
      assertThat(influx.asked)
          .containsOnly(
              "POST /api/v2/write?org=acme+%26+co&bucket=plant&precision=ns gzip Token tok");
    }
  }

  @Test
  void writes_to_a_database_of_version_1_without_gzip() throws Exception {
    try (FakeInflux influx = new FakeInflux()) {
      InfluxSettings settings =
          new InfluxSettings(
              URI.create(influx.url() + "/"),
              new InfluxSettings.Target.Database("plant", "user", "pass"),
              "m 1",
              List.of("sensorId"),
              Optional.of("timestamp"),
              false,
              5_000,
              100,
              Duration.ofSeconds(30),
              Optional.empty());
      try (InfluxSink sink = new InfluxSink(settings)) {
        sink.open(context(false));
        sink.write(batch(0, 5));
        sink.commit(PROGRESS);
      }
      assertThat(influx.asked)
          .hasSizeGreaterThan(1)
          .containsOnly("POST /write?db=plant&precision=ns plain Basic dXNlcjpwYXNz");
      assertThat(influx.points).hasValue(5);
    }
  }

  @Test
  void can_be_written_again_after_the_server_was_away_and_stores_each_point_once()
      throws Exception {
    try (FakeInflux influx = new FakeInflux();
        InfluxSink sink = new InfluxSink(settings(influx.url(), true, 10))) {
      assertThat(sink.retryable()).isTrue();
      sink.open(context(false));
      sink.write(batch(0, 15));
      influx.goAway();
      assertThatThrownBy(() -> sink.commit(PROGRESS))
          .isInstanceOf(RetryableException.class)
          .hasMessageContaining("does not answer");
      assertThat(sink.recover()).isEmpty();
      sink.open(context(true));
      assertThatThrownBy(() -> sink.write(batch(0, 15))).isInstanceOf(RetryableException.class);
      influx.comeBack();
      influx.losesAnswer = true;
      sink.open(context(true));
      assertThatThrownBy(() -> sink.write(batch(0, 15))).isInstanceOf(RetryableException.class);
      influx.losesAnswer = false;
      sink.open(context(true));
      sink.write(batch(0, 15));
      sink.commit(PROGRESS);
      assertThat(influx.points).hasValueGreaterThan(25);
      assertThat(influx.stored()).hasSize(15);
    }
  }

  @Test
  void tells_a_server_that_is_busy_from_one_that_takes_nothing() throws Exception {
    try (FakeInflux influx = new FakeInflux();
        InfluxSink sink = new InfluxSink(settings(influx.url(), true, 10))) {
      for (int status : new int[] {408, 429, 500, 503}) {
        influx.status = status;
        sink.open(context(false));
        assertThatThrownBy(() -> sink.write(batch(0, 10)))
            .isInstanceOf(RetryableException.class)
            .hasMessageContaining("answered " + status);
      }
      for (int status : new int[] {401, 404}) {
        influx.status = status;
        sink.open(context(false));
        assertThatThrownBy(() -> sink.write(batch(0, 10)))
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(RetryableException.class)
            .hasMessageContaining("answered " + status)
            .hasMessageContaining("as told");
      }
      assertThat(influx.stored()).isEmpty();
    }
  }

  @Test
  void refuses_a_row_that_is_no_point_and_writes_the_others() throws Exception {
    try (FakeInflux influx = new FakeInflux();
        InfluxSink sink = new InfluxSink(settings(influx.url(), true, 10))) {
      sink.open(context(false));
      sink.write(
          Batches.of(
              SCHEMA,
              List.of(
                  Batches.row("s", 1L, 1.0, null),
                  Batches.row("s", 2L, null, null),
                  Batches.row("s", 3L, null, 7L),
                  Batches.row("s", 9_300_000_000_000L, 1.0, 7L),
                  Batches.row("s", -9_300_000_000_000L, 1.0, 7L),
                  Batches.row("s", 253_402_300_799_999L, 1.0, 7L))));
      assertThat(sink.refused())
          .extracting(Refusal::reason)
          .satisfiesExactly(
              reason -> assertThat(reason).contains("has no value"),
              reason ->
                  assertThat(reason).startsWith("timestamp: the time 9300000000000 is one of"),
              reason -> assertThat(reason).startsWith("timestamp: the time -9300000000000 is one"),
              reason -> assertThat(reason).contains("they reach from 1677-09-22 to 2262-04-11"));
      assertThat(sink.refused()).isEmpty();
      sink.flush();
      sink.commit(PROGRESS);
      assertThat(influx.stored()).hasSize(2);
    }
  }

  @Test
  void refuses_records_without_a_time_and_addresses_that_are_none() throws Exception {
    Schema timeless = Schema.of(Field.of("value", ColumnType.FLOAT64));
    try (InfluxSink sink = new InfluxSink(settings(URI.create("http://127.0.0.1:1"), true, 10))) {
      assertThatThrownBy(() -> sink.open(new SinkContext("p", timeless, List.of("a"), false)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("no timestamp column");
    }
    for (String url : List.of("localhost:8086", "ftp://host", "http://user:secret@host")) {
      assertThatThrownBy(() -> settings(URI.create(url), true, 1))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void remembers_progress_in_a_file_where_one_is_named() throws Exception {
    Path file = folder.resolve("sub").resolve("progress");
    try (FakeInflux influx = new FakeInflux()) {
      InfluxSettings plain = settings(influx.url(), true, 10);
      InfluxSettings settings =
          new InfluxSettings(
              plain.url(),
              plain.target(),
              plain.measurement(),
              plain.tags(),
              plain.timestamp(),
              plain.gzip(),
              plain.batchPoints(),
              plain.batchBytes(),
              plain.timeout(),
              Optional.of(file));
      try (InfluxSink sink = new InfluxSink(settings)) {
        assertThat(sink.recover()).isEmpty();
        sink.open(context(false));
        sink.write(batch(0, 3));
        sink.commit(PROGRESS);
        sink.write(batch(3, 3));
        influx.goAway();
        assertThatThrownBy(() -> sink.commit(new Progress("p", Frontier.START, true)))
            .isInstanceOf(RetryableException.class);
      }
      try (InfluxSink sink = new InfluxSink(settings)) {
        assertThat(sink.recover()).contains(PROGRESS);
        sink.open(context(true));
        assertThat(sink.recover()).contains(PROGRESS);
        sink.open(context(false));
        assertThat(sink.recover()).isEmpty();
      }
    }
  }
}
