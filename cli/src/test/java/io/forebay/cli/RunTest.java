package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code forebay run} in a process of its own: examples, standard streams, signals. */
final class RunTest {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath();

  @TempDir private Path folder;

  @BeforeEach
  void copyExamples() throws IOException {
    Path examples = Files.createDirectories(folder.resolve("examples/data")).getParent();
    Files.copy(EXAMPLES.resolve("data/readings.csv"), examples.resolve("data/readings.csv"));
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
        Files.copy(file, examples.resolve(file.getFileName()));
      }
    }
  }

  private JsonNode summary() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(folder.resolve("summary.json")));
  }

  private static void holdsConservationLaw(JsonNode summary) {
    JsonNode records = summary.get("records");
    assertThat(records.get("read").asLong())
        .isEqualTo(
            records.get("delivered").asLong()
                + records.get("deadLettered").asLong()
                + records.get("filtered").asLong()
                + records.get("dropped").asLong()
                + records.get("inFlight").asLong());
  }

  @ParameterizedTest
  @ValueSource(strings = {"inline", "threads", "processes"})
  void runs_the_lecture_on_every_placement(String on) throws Exception {
    Forebay.Result result =
        Forebay.run(
            folder,
            "run",
            "examples/lecture.yaml",
            "--set",
            "stages.features.on=" + on,
            "--set",
            "batch=auto",
            "--summary",
            "summary.json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("lecture: hall-a → features (" + on, "50,000 read = 50,000 delivered");
    try (Stream<String> lines = Files.lines(folder.resolve("out/features.jsonl"))) {
      List<String> all = lines.toList();
      assertThat(all).hasSize(50_000);
      assertThat(all.getFirst()).matches("\\{\"sensorId\":.*\"normalized\":.*\"feature\":.*}");
    }
    JsonNode summary = summary();
    holdsConservationLaw(summary);
    assertThat(summary.get("outcome").asString()).isEqualTo("completed");
    assertThat(summary.get("records").get("delivered").asLong()).isEqualTo(50_000);
    assertThat(summary.get("verdict").asString()).isNotEmpty();
    JsonNode stage = summary.get("stages").get(0);
    assertThat(stage.get("on").asString()).isEqualTo(on);
    assertThat(stage.get("recordsIn").asLong()).isEqualTo(50_000);
  }

  @Test
  void says_why_records_were_rejected_and_ends_when_they_are_too_many() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 3_000; i++) {
      lines.append("{\"timestamp\":%d,\"value\":%s}\n".formatted(i, i % 10 == 0 ? "\"x\"" : "5"));
    }
    Files.writeString(folder.resolve("in.jsonl"), lines);
    Files.writeString(
        folder.resolve("limits.yaml"),
        """
        name: limits
        sources:
          - { name: in, type: file, path: in.jsonl, fields: { timestamp: timestamp-ms, value: float64 } }
        sinks: [ { type: jsonl, path: out/limits.jsonl } ]
        """);
    Forebay.Result few =
        Forebay.run(folder, "run", "limits.yaml", "--max-rejected", "5%", "--no-progress");
    assertThat(few.exitCode()).as(few.out()).isEqualTo(1);
    assertThat(few.err())
        .contains(" records were rejected, and maxRejected allows 5%, ")
        .contains(" because of: value: expected a number, found \"x\"");

    Forebay.Result most =
        Forebay.run(
            folder,
            "run",
            "limits.yaml",
            "--max-rejected",
            "300",
            "--no-progress",
            "--fail-on-rejected");
    assertThat(most.exitCode()).as(most.err()).isEqualTo(4);
    Forebay.Result letters = Forebay.run(folder, "letters", "out/limits.jsonl.rejected.jsonl");
    assertThat(letters.out())
        .contains("300 dead letters in out/limits.jsonl.rejected.jsonl")
        .contains("  300 × in: value: expected a number")
        .contains("(first: in, line 10)");
    assertThat(most.out())
        .containsPattern("[0-9]+ dead letters in out/limits.jsonl.rejected.jsonl:\n")
        .containsPattern("  [0-9]+ × in: value: expected a number, found \"x\"");
    assertThat(folder.resolve("out/limits.jsonl")).content().hasLineCount(2_700);
    assertThat(folder.resolve("out/limits.jsonl.rejected.jsonl")).content().hasLineCount(300);

    Files.writeString(folder.resolve("in.jsonl"), "no\n".repeat(2_000));
    Forebay.Result none = Forebay.run(folder, "run", "limits.yaml", "--fresh", "--no-progress");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.err()).containsPattern("every one of the first [0-9,]+ records was rejected");
  }

  /** The lecture's function in Python and in Java: the same lines, of each sensor in its order. */
  @Test
  void runs_the_lectures_own_python_function() throws Exception {
    assumeTrue(hasPython(), "there is no python3 of version 3.9 or newer");
    Files.createDirectories(folder.resolve("examples/python"));
    Files.copy(
        EXAMPLES.resolve("python/features.py"), folder.resolve("examples/python/features.py"));
    Forebay.Result python =
        Forebay.run(folder, "run", "examples/python.yaml", "--summary", "summary.json");
    assertThat(python.exitCode()).as(python.err()).isZero();
    assertThat(python.out()).contains("50,000 read = 50,000 delivered");
    holdsConservationLaw(summary());
    Forebay.Result java = Forebay.run(folder, "run", "examples/lecture.yaml");
    assertThat(java.exitCode()).as(java.err()).isZero();
    assertThat(sorted("out/python.jsonl")).isEqualTo(sorted("out/features.jsonl")).hasSize(50_000);
  }

  private List<String> sorted(String file) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve(file))) {
      // Stable, and the sensor stands first: a sensor's lines stay in their order.
      return lines.sorted(Comparator.comparing(line -> line.substring(0, 24))).toList();
    }
  }

  @Test
  void gives_undeclared_members_to_python_functions_and_passes_them_on() throws Exception {
    assumeTrue(hasPython(), "there is no python3 of version 3.9 or newer");
    Files.writeString(
        folder.resolve("rules.py"),
        """
        def check(records):
            out = []
            for r in records:
                if r["value"] < 0:
                    raise ValueError("below zero")
                out.append({**r, "unitOf": r.get("unit", "none"), "deep": r["tags"]["n"] * 2}
                           if r["value"] < 100 else None)
            return out
        """);
    Files.writeString(
        folder.resolve("in.jsonl"),
        """
        {"id":1,"value":1.5,"unit":"C","tags":{"n":4,"l":[1,null]}}
        {"id":2,"value":-1.5,"unit":"C","tags":{"n":4}}
        {"id":3,"value":200,"unit":"C","tags":{"n":4}}
        {"id":4,"value":2,"tags":{"n":5}}
        """);
    Files.writeString(
        folder.resolve("rules.yaml"),
        """
        name: rules
        sources:
          - { name: replay, type: file, path: in.jsonl, fields: { id: int64, value: float64 } }
        stages:
          - { name: rules, cpu: python:rules.check, outputs: { unitOf: string, deep: int64 }, rows: fewer }
        sinks: [{ type: jsonl, path: out.jsonl }]
        deadLetter: { path: rejected.jsonl }
        """);
    Forebay.Result result = Forebay.run(folder, "run", "rules.yaml", "--summary", "summary.json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(folder.resolve("out.jsonl"))
        .hasContent(
            """
            {"id":1,"value":1.5,"unitOf":"C","deep":8,"unit":"C","tags":{"n":4,"l":[1,null]}}
            {"id":4,"value":2.0,"unitOf":"none","deep":10,"tags":{"n":5}}
            """);
    assertThat(folder.resolve("rejected.jsonl"))
        .content()
        .hasLineCount(1)
        .contains("the function rules.check raised ValueError: below zero", "rules.py\\\", line 5");
    assertThat(summary().get("records").get("filtered").asLong()).isEqualTo(1);
    holdsConservationLaw(summary());
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      String check = "import sys; sys.exit(sys.version_info < (3, 9))";
      return new ProcessBuilder("python3", "-c", check).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void replays_a_file_and_keeps_what_it_cannot_read() throws Exception {
    Forebay.Result result =
        Forebay.run(folder, "run", "examples/replay.yaml", "--summary", "summary.json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(folder.resolve("out/replay.csv")).content().hasLineCount(2_995);
    assertThat(folder.resolve("out/replay.jsonl")).content().hasLineCount(2_994);
    assertThat(folder.resolve("out/replay-rejected.jsonl"))
        .content()
        .hasLineCount(6)
        .contains("NaN", "\"line\":418");
    holdsConservationLaw(summary());
    assertThat(summary().get("records").get("deadLettered").asLong()).isEqualTo(6);
  }

  /** A model on every record, in workers whose runtime is unpacked once. */
  @Test
  void computes_a_model_on_every_record() throws Exception {
    Files.createDirectories(folder.resolve("examples/models"));
    Files.copy(
        EXAMPLES.resolve("models/anomaly.onnx"), folder.resolve("examples/models/anomaly.onnx"));
    Forebay.Result result = Forebay.run(folder, "run", "examples/model.yaml");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("20,000 read = 20,000 delivered");
    try (Stream<String> lines = Files.lines(folder.resolve("out/model.jsonl"))) {
      assertThat(lines)
          .hasSize(20_000)
          .allSatisfy(line -> {
            JsonNode row = JsonMapper.shared().readTree(line);
            float score = Math.abs(((float) row.get("value").asDouble() - 50) / 25);
            assertThat((float) row.get("score").asDouble()).isEqualTo(score);
            assertThat(row.get("anomaly").asBoolean()).isEqualTo(score > 3);
          });
    }
  }

  /** Each reading is in two windows, which begin half a second apart and are a second long. */
  @Test
  void writes_statistics_of_windows() throws Exception {
    Forebay.Result result =
        Forebay.run(
            folder,
            "run",
            "examples/statistics.yaml",
            "--set",
            "sources.hall.records=500",
            "--summary",
            "summary.json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode records = summary().get("records");
    assertThat(records.get("read").asLong()).isEqualTo(4_000);
    assertThat(records.get("aggregated").asLong()).isEqualTo(4_000);
    assertThat(records.get("delivered").asLong()).isZero();
    assertThat(result.out() + result.err()).contains("0 in flight + 4,000 in windows");
    long counted = 0;
    for (String line : Files.readAllLines(folder.resolve("out/statistics.jsonl"))) {
      JsonNode row = JsonMapper.shared().readTree(line);
      counted += row.get("count").asLong();
      assertThat(row.get("mean").asDouble())
          .isBetween(row.get("min").asDouble(), row.get("max").asDouble());
      assertThat(row.get("window_end").asLong() - row.get("window_start").asLong())
          .isEqualTo(1_000);
    }
    assertThat(counted).isEqualTo(8_000);
  }

  /** Each second of each sensor is one record with arrays, for a Java and a Python function. */
  @Test
  void gives_windows_as_arrays_to_java_and_python_functions() throws Exception {
    assumeTrue(hasPython(), "there is no python3 of version 3.9 or newer");
    Files.createDirectories(folder.resolve("examples/python"));
    Files.copy(
        EXAMPLES.resolve("python/crossings.py"), folder.resolve("examples/python/crossings.py"));
    Forebay.Result result =
        Forebay.run(
            folder,
            "run",
            "examples/frames.yaml",
            "--set",
            "sources.hall.records=550",
            "--summary",
            "summary.json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(summary().get("records").get("aggregated").asLong()).isEqualTo(2_200);
    List<String> lines = Files.readAllLines(folder.resolve("out/frames.jsonl"));
    assertThat(lines).hasSize(24);
    for (String line : lines) {
      JsonNode row = JsonMapper.shared().readTree(line);
      List<Double> values = new ArrayList<>();
      row.get("value").forEach(each -> values.add(each.asDouble()));
      assertThat(row.get("count").asInt()).isEqualTo(values.size());
      assertThat(row.get("seconds").size()).isEqualTo(values.size());
      assertThat(row.get("complete").asBoolean()).isEqualTo(values.size() == 100);
      double mean = values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
      assertThat(row.get("mean").asDouble()).isCloseTo(mean, within(1e-9));
      int crossings = 0;
      for (int i = 1; i < values.size(); i++) {
        crossings += values.get(i - 1) < mean != values.get(i) < mean ? 1 : 0;
      }
      assertThat(row.get("crossings").asInt()).isEqualTo(crossings);
    }
    assertThat(lines.stream().filter(line -> line.contains("\"complete\":false"))).hasSize(4);
  }

  /** Readings in Fahrenheit through six functions that are ready; each line is computed again. */
  @Test
  void cleans_readings_with_functions_that_are_ready() throws Exception {
    Forebay.Result result =
        Forebay.run(folder, "run", "examples/cleaning.yaml", "--summary", "summary.json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode records = summary().get("records");
    holdsConservationLaw(summary());
    try (Stream<String> lines = Files.lines(folder.resolve("out/cleaning.jsonl"))) {
      assertThat(lines)
          .hasSize(records.get("delivered").intValue())
          .hasSizeBetween(700, 1500)
          .allSatisfy(line -> {
            JsonNode row = JsonMapper.shared().readTree(line);
            double raw = (row.get("value").asDouble() - 32) / 1.8;
            double celsius = raw < 0 ? 0.1 + 9.7 * raw / 10 : 0.1 + 30.3 * raw / 30;
            assertThat(row.get("celsius").asDouble())
                .isNotNegative()
                .isCloseTo(celsius, within(1e-12));
            assertThat(row.get("scaled").asDouble()).isCloseTo((celsius + 10) / 40, within(1e-12));
            assertThat(row.get("sensorId").asString()).isNotEqualTo("sensor-3");
          });
    }
    assertThat(folder.resolve("out/cleaning-rejected.jsonl"))
        .content()
        .hasLineCount(records.get("deadLettered").intValue())
        .contains("'celsius' is ", ", but has to be from -10 to 30");
  }

  @Test
  void computes_sql_on_every_record_and_joins_a_table() throws Exception {
    Files.copy(EXAMPLES.resolve("data/sites.csv"), folder.resolve("examples/data/sites.csv"));
    Forebay.Result result = Forebay.run(folder, "run", "examples/sql.yaml");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("20,000 read = 15,000 delivered").contains("5,000 filtered");
    try (Stream<String> lines = Files.lines(folder.resolve("out/sql.jsonl"))) {
      assertThat(lines)
          .hasSize(15_000)
          .allSatisfy(line -> {
            JsonNode row = JsonMapper.shared().readTree(line);
            double value = row.get("value").asDouble();
            assertThat(row.get("normalized").asDouble())
                .isCloseTo((value - 20) / 60, within(0.00005001));
            assertThat(row.get("alarm").asBoolean())
                .isEqualTo(value > row.get("highest").asDouble());
            assertThat(row.get("site").asString()).startsWith("hall ");
          });
    }
  }

  @Test
  void fills_a_table_and_a_folder_of_parquet_files() throws Exception {
    Forebay.Result result = Forebay.run(folder, "run", "examples/duckdb.yaml");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("effectively once");
    assertThat(count(folder.resolve("out/features.duckdb").toString(), "features"))
        .isEqualTo(50_000);
    assertThat(count("", "'" + folder + "/out/features/*.parquet'")).isEqualTo(50_000);
  }

  private static long count(String database, String table) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void prints_inferred_fields_when_none_are_given() throws Exception {
    Files.writeString(
        folder.resolve("infer.yaml"),
        """
        name: infer
        sources: [{ name: replay, type: file, path: examples/data/readings.csv }]
        sinks: [{ type: jsonl, path: out.jsonl }]
        """);
    Forebay.Result result = Forebay.run(folder, "run", "infer.yaml");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("Source 'replay' has fields: ", "sensorId: string");
  }

  @Test
  void runs_the_three_kinds_of_stage() throws Exception {
    Forebay.Result result =
        Forebay.run(folder, "run", "examples/kinds.yaml", "--summary", "summary.json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(folder.resolve("out/kinds.jsonl"))
        .content()
        .hasLineCount(10_000)
        .contains("\"site\":", "\"calibrated\":", "\"normalized\":");
    holdsConservationLaw(summary());
  }

  @Test
  void reads_standard_input_and_writes_nothing_but_records_to_standard_output() throws Exception {
    Files.writeString(
        folder.resolve("pipe.yaml"),
        """
        name: pipe
        sources: [{ name: in, type: file, path: '-', fields: { value: float64 } }]
        stages: [{ name: f, cpu: io.forebay.functions.LectureFeatures, on: inline }]
        sinks: [{ type: jsonl, path: '-' }]
        """);
    try (Forebay forebay = Forebay.start(folder, "run", "pipe.yaml")) {
      forebay.send("{\"value\":80.0}\n{\"value\":\"x\"}\n{\"value\":20,\"note\":\"é\"}\n");
      Forebay.Result result = forebay.await();
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.out().lines())
          .containsExactly(
              "{\"value\":80.0,\"normalized\":1.0,\"feature\":4.3944}",
              "{\"value\":20.0,\"normalized\":0.0,\"feature\":0.0,\"note\":\"é\"}");
      assertThat(result.err()).contains("3 read = 2 delivered + 1 dead-lettered");
      assertThat(folder.resolve("pipe.rejected.jsonl")).content().hasLineCount(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void delivers_what_was_read_and_goes_on_later_when_a_signal_comes(String signal, int exitCode)
      throws Exception {
    String[] command = {
      "run",
      "examples/lecture.yaml",
      "--set",
      "on=inline",
      "--summary",
      "summary.json",
      "--set",
      "sources.hall-a.rate=2000"
    };
    try (Forebay forebay = Forebay.start(folder, command)) {
      awaitOutput(folder.resolve("out/features.jsonl"));
      forebay.signal(signal);
      Forebay.Result result = forebay.await();
      assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
      assertThat(result.err()).contains("SIG" + signal + ": delivering what was read, within 5 s");
    }
    JsonNode summary = summary();
    holdsConservationLaw(summary);
    assertThat(summary.get("outcome").asString()).isEqualTo("drained");
    assertThat(summary.get("records").get("inFlight").asLong()).isZero();
    long delivered = summary.get("records").get("delivered").asLong();
    assertThat(folder.resolve("out/features.jsonl")).content().hasLineCount((int) delivered);

    String[] faster = command.clone();
    faster[faster.length - 1] = "sources.hall-a.rate=0";
    Forebay.Result resumed = Forebay.run(folder, faster);
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(folder.resolve("out/features.jsonl")).content().hasLineCount(50_000);
  }

  @Test
  void stops_with_3_when_the_deadline_passes_because_the_sink_hangs() throws Exception {
    try (Forebay forebay = startWithHangingSink()) {
      forebay.signal("TERM");
      Forebay.Result result = forebay.await();
      assertThat(result.exitCode()).as(result.err()).isEqualTo(3);
    }
  }

  @Test
  void stops_at_once_with_3_when_a_second_signal_comes() throws Exception {
    try (Forebay forebay = startWithHangingSink()) {
      forebay.signal("INT");
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> forebay.err().contains("SIGINT: delivering"));
      forebay.signal("INT");
      Forebay.Result result = forebay.await();
      assertThat(result.exitCode()).as(result.err()).isEqualTo(3);
      assertThat(result.err()).contains("SIGINT: stopping at once.");
    }
  }

  /** Nobody reads the standard output, so that the sink blocks once the pipe is full. */
  private Forebay startWithHangingSink() throws IOException {
    Forebay forebay =
        Forebay.startUnread(
            folder,
            "run",
            "examples/lecture.yaml",
            "--set",
            "on=inline",
            "--set",
            "sinks.0.path='-'",
            "--set",
            "sources.hall-a.records=10000000");
    await().atMost(Duration.ofMinutes(1)).until(() -> forebay.unread() > 60_000);
    return forebay;
  }

  private static void awaitOutput(Path file) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Files.exists(file) && Files.size(file) > 1000);
  }

  @Test
  void starts_over_when_told_so() throws Exception {
    String[] command = {
      "run", "examples/lecture.yaml", "--set", "on=inline", "--set", "sources.hall-a.rate=2000"
    };
    try (Forebay forebay = Forebay.start(folder, command)) {
      awaitOutput(folder.resolve("out/features.jsonl"));
      forebay.signal("TERM");
      assertThat(forebay.await().exitCode()).isEqualTo(143);
    }
    Forebay.Result other =
        Forebay.run(
            folder,
            "run",
            "examples/lecture.yaml",
            "--set",
            "on=inline",
            "--set",
            "sources.hall-a.seed=2");
    assertThat(other.exitCode()).as(other.err()).isEqualTo(2);
    assertThat(other.err()).contains("--fresh");
    Forebay.Result fresh =
        Forebay.run(
            folder,
            "run",
            "examples/lecture.yaml",
            "--set",
            "on=inline",
            "--set",
            "sources.hall-a.seed=2",
            "--fresh");
    assertThat(fresh.exitCode()).as(fresh.err()).isZero();
    assertThat(Files.readAllLines(folder.resolve("out/features.jsonl"), StandardCharsets.UTF_8))
        .hasSize(50_000);
  }
}
