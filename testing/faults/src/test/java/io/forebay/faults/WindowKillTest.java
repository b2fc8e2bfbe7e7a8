package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.testkit.Seed;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} while readings are gathered into windows, with a DuckDB table and a file of JSON
 * Lines as sinks: both have each window once, with exactly the readings that were not too late, and
 * these are in dead letter. More kills: {@code -Dforebay.kills=100}.
 */
@EnabledOnOs(OS.LINUX)
class WindowKillTest {
  private static final int KILLS = Integer.getInteger("forebay.kills", 4);
  private static final int READINGS = 150_000;
  private static final int SENSORS = 7;
  private static final long SIZE = 1_000;
  private static final long EVERY = 500;
  private static final long LATENESS = 2_000;

  private static final Pattern ROW =
      Pattern.compile(
          "\\{\"sensorId\":\"(s\\d+)\",\"window_start\":(-?\\d+),\"window_end\":-?\\d+,"
              + "\"count\":(\\d+),\"sum\":([-0-9.E]+),\"min\":([-0-9.E]+),\"max\":([-0-9.E]+)}");

  @TempDir Path folder;

  private record Reading(long id, long time, String sensor, double value) {}

  private record Window(
      String sensor, long start, long count, double sum, double min, double max) {}

  /** Before 1970 and after, out of order, some of them too late, some twice. */
  private static List<Reading> readings(int count, SplittableRandom random) {
    List<Reading> readings = new ArrayList<>();
    for (long id = 1; id <= count; id++) {
      long time = id * 5 - 60_000 - random.nextLong(random.nextInt(200) == 0 ? 9_000 : 1_500);
      String sensor = "s" + random.nextInt(SENSORS);
      readings.add(new Reading(id, time, sensor, random.nextInt(4_000) / 8.0 - 100));
      if (random.nextInt(500) == 0 && id < count) {
        readings.add(new Reading(++id, time, sensor, readings.getLast().value));
      }
    }
    return readings;
  }

  @Test
  void every_window_is_there_once_and_exact_when_killed_at_random_moments() throws Exception {
    SplittableRandom random = new SplittableRandom(Seed.of(11));
    List<Reading> readings = readings(READINGS, random);
    write(readings, "");
    check(readings, runAndKill(KILLS, random));
  }

  /** Of a stage behind the windows whose result is another one each time. */
  @Test
  void both_sinks_have_what_was_computed_once_when_killed_while_a_stage_is_behind_the_windows()
      throws Exception {
    SplittableRandom random = new SplittableRandom(Seed.of(12));
    List<Reading> readings = readings(READINGS / 3, random);
    write(readings, "  - { name: lots, cpu: %s, workers: 1 }".formatted(Lots.class.getName()));
    CommandLine forebay = runAndKill(Math.min(2, KILLS), random);
    List<String> lots = new ArrayList<>();
    Pattern row = Pattern.compile("\"window_start\":(-?\\d+),.*\"lot\":(-?\\d+)}");
    Set<String> windows = new HashSet<>();
    for (String line : Files.readAllLines(folder.resolve("out.jsonl"))) {
      Matcher found = row.matcher(line);
      assertThat(found.find()).as(line).isTrue();
      assertThat(Lots.rejects(Long.parseLong(found.group(1)))).isFalse();
      assertThat(windows.add(line.substring(0, line.indexOf(",\"window_end")))).as(line).isTrue();
      lots.add(found.group(2));
    }
    assertThat(lots).as(forebay.printed()).hasSizeGreaterThan(SENSORS * 100);
    assertThat(column("lot")).isEqualTo(lots);
    Map<String, Window> wanted = new HashMap<>();
    List<Long> late = gather(readings, wanted);
    for (String line : Files.readAllLines(folder.resolve("out.jsonl.rejected.jsonl"))) {
      if (line.contains("has no lot")) {
        String window = line.substring(line.indexOf("{\"sensorId"));
        assertThat(windows.add(window.substring(0, window.indexOf(",\"window_end"))))
            .as(line)
            .isTrue();
      }
    }
    assertThat(windows).hasSize(wanted.size());
    assertThat(forebay.acrossRuns("summary.json").getLast())
        .isEqualTo((long) readings.size() - late.size());
  }

  private void write(List<Reading> readings, String stageBehind) throws IOException {
    try (Writer in = Files.newBufferedWriter(folder.resolve("in.jsonl"))) {
      for (Reading each : readings) {
        in.write(
            "{\"id\":%d,\"timestamp\":%d,\"sensorId\":\"%s\",\"value\":%s}\n"
                .formatted(each.id, each.time, each.sensor, each.value));
      }
    }
    Files.writeString(
        folder.resolve("pipeline.yaml"),
        """
        name: windows
        sources:
          - name: in
            type: file
            path: in.jsonl
            fields: { id: int64, timestamp: timestamp-ms, sensorId: string, value: float64 }
        stages:
          - name: stats
            statistics: [count, sum, min, max]
            window: { size: 1s, every: 500ms, by: sensorId, maxLateness: 2s, idle: 1h }
            on: threads
            workers: 2
            batch: 300
        %s
        sinks:
          - { type: jsonl, path: out.jsonl }
          - { type: duckdb, path: out.duckdb, table: windows }
        """
            .formatted(stageBehind));
  }

  private CommandLine runAndKill(int most, SplittableRandom random) throws Exception {
    CommandLine forebay = new CommandLine(folder);
    int kills = 0;
    int halfway = 0;
    for (boolean done = false; !done; ) {
      Set<String> before = state();
      Process process =
          forebay.start("run", "pipeline.yaml", "--no-progress", "--summary", "summary.json");
      if (kills < most) {
        if (kills % 3 < 2) { // Otherwise maybe before it has gone on at all.
          await()
              .atMost(Duration.ofMinutes(2))
              .until(() -> !state().equals(before) || !process.isAlive());
        }
        done = process.waitFor(random.nextLong(400), TimeUnit.MILLISECONDS);
      } else {
        process.waitFor();
        done = true;
      }
      if (done) {
        assertThat(process.exitValue()).as(forebay.printed()).isZero();
      } else {
        process.destroyForcibly().waitFor();
        kills++;
        halfway += state().equals(before) ? 0 : 1;
      }
    }
    System.out.printf("WindowKillTest: %d kills, %d of them halfway%n", kills, halfway);
    assertThat(halfway).isPositive();
    return forebay;
  }

  /** The names of the files of epochs. */
  private Set<String> state() throws IOException {
    Path state = folder.resolve("out.jsonl.state");
    if (!Files.isDirectory(state)) {
      return Set.of();
    }
    try (Stream<Path> files = Files.list(state)) {
      return files
          .map(each -> String.valueOf(each.getFileName()))
          .filter(name -> name.startsWith("epoch-"))
          .collect(Collectors.toSet());
    }
  }

  private void check(List<Reading> readings, CommandLine forebay) throws Exception {
    Map<String, Window> windows = new HashMap<>();
    List<Long> late = gather(readings, windows);
    Comparator<Window> order =
        Comparator.comparingLong(Window::start).thenComparing(Window::sensor);
    List<Window> wanted = windows.values().stream().sorted(order).toList();
    assertThat(late).hasSizeGreaterThan(20);
    assertThat(lines()).as(forebay.printed()).isEqualTo(wanted);
    assertThat(table()).isEqualTo(wanted);
    assertThat(deadLetters()).isEqualTo(late);
    long counted = (long) READINGS - late.size();
    assertThat(forebay.acrossRuns("summary.json"))
        .isEqualTo(List.of((long) READINGS, 0L, (long) late.size(), 0L, 0L, 0L, counted));
  }

  /** The windows that there are to be; returns the ids of what is too late for them. */
  private static List<Long> gather(List<Reading> readings, Map<String, Window> windows) {
    List<Long> late = new ArrayList<>();
    long newest = Long.MIN_VALUE / 2;
    for (Reading each : readings) {
      long pane = Math.floorDiv(each.time, EVERY) * EVERY;
      if (pane + EVERY <= newest - LATENESS) {
        late.add(each.id);
        continue;
      }
      newest = Math.max(newest, each.time);
      for (long start = pane + EVERY - SIZE; start <= pane; start += EVERY) {
        windows.merge(
            each.sensor + start,
            new Window(each.sensor, start, 1, each.value, each.value, each.value),
            (a, b) ->
                new Window(
                    a.sensor,
                    a.start,
                    a.count + 1,
                    a.sum + b.sum, // Exact: eighths.
                    Math.min(a.min, b.min),
                    Math.max(a.max, b.max)));
      }
    }
    return late;
  }

  private List<Window> lines() throws IOException {
    List<Window> rows = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("out.jsonl"))) {
      Matcher row = ROW.matcher(line);
      assertThat(row.matches()).as(line).isTrue();
      rows.add(
          new Window(
              row.group(1),
              Long.parseLong(row.group(2)),
              Long.parseLong(row.group(3)),
              Double.parseDouble(row.group(4)),
              Double.parseDouble(row.group(5)),
              Double.parseDouble(row.group(6))));
    }
    return rows;
  }

  private List<String> column(String name) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("out.duckdb"));
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT %s FROM windows ORDER BY window_start, \"sensorId\"".formatted(name))) {
      while (row.next()) {
        values.add(row.getString(1));
      }
    }
    return values;
  }

  private List<Window> table() throws SQLException {
    List<Window> rows = new ArrayList<>();
    String url = "jdbc:duckdb:" + folder.resolve("out.duckdb");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT \"sensorId\", epoch_ms(window_start), count, sum, min, max FROM windows"
                    + " ORDER BY window_start, \"sensorId\"")) {
      while (row.next()) {
        rows.add(
            new Window(
                row.getString(1),
                row.getLong(2),
                row.getLong(3),
                row.getDouble(4),
                row.getDouble(5),
                row.getDouble(6)));
      }
    }
    return rows;
  }

  private List<Long> deadLetters() throws IOException {
    Pattern id = Pattern.compile("\"id\":(\\d+)");
    List<Long> ids = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("out.jsonl.rejected.jsonl"))) {
      Matcher found = id.matcher(line);
      assertThat(line).contains("late by ");
      assertThat(found.find()).as(line).isTrue();
      ids.add(Long.parseLong(found.group(1)));
    }
    return ids;
  }
}
