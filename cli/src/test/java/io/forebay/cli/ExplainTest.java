package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code forebay explain}, with real workers. Times are not looked at: the machine may be busy. */
final class ExplainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;

  private int execute(String... args) {
    out.reset();
    err.reset();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    return Main.execute(terminal, Forebay.DEADLINE, args);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private Path pipeline(String source, String stage) throws IOException {
    return Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        root: %s
        sources: [%s]
        stages: [%s]
        sinks: [{ type: jsonl, path: %s/out.jsonl }]
        """
            .formatted(folder, source, stage, folder));
  }

  private static final String SIMULATED =
      "{ name: a, type: simulated, sensors: 3, records: 500, rate: 30 }";

  private static String harmful(String does) {
    return "{ name: f, cpu: io.forebay.cli.Harmful, workers: 1, parameters: { does: "
        + does
        + " } }";
  }

  /** Everything in the folder, byte by byte. */
  private Map<Path, List<Byte>> files() throws IOException {
    Map<Path, List<Byte>> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(each);
        Byte[] boxed = new Byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
          boxed[i] = bytes[i];
        }
        files.put(each, List.of(boxed));
      }
    }
    return files;
  }

  @Test
  void advises_threads_that_wait_and_changes_nothing_when_a_function_blocks() throws Exception {
    Path readings =
        Files.writeString(
            folder.resolve("readings.jsonl"), "{\"value\": 1}\n{\"value\": 2.5}\nnonsense\n");
    Path file =
        pipeline(
            "{ name: a, type: file, path: " + readings + ", fields: { value: float64 } }",
            harmful("wait"));
    assertThat(execute("run", file.toString(), "--no-progress")).isZero();
    Map<Path, List<Byte>> before = files();

    assertThat(execute("explain", file.toString(), "--seconds", "8", "--json")).as(err()).isZero();

    assertThat(files()).isEqualTo(before);
    JsonNode json = new JsonMapper().readTree(out());
    assertThat(json.at("/sample/0/records").asInt()).isEqualTo(2);
    assertThat(json.at("/sample/0/rejected").asInt()).isEqualTo(1);
    JsonNode stage = json.at("/stages/0");
    assertThat(stage.at("/nature").asString()).isEqualTo("blocks");
    assertThat(stage.at("/tool").asString()).isEqualTo("thread pool");
    assertThat(stage.at("/nanosPerRecord").asDouble()).isGreaterThan(10e6);
    assertThat(json.at("/change/set/threads").asString()).isNotEmpty();
    assertThat(json.at("/change/yaml").asString()).contains("blocking: io.forebay.cli.Harmful");
    assertThat(json.at("/gain/factor").asDouble()).isGreaterThan(1.5);
  }

  @Test
  void says_what_happened_when_a_function_ends_its_worker() throws Exception {
    Path file = pipeline(SIMULATED, harmful("exit"));
    assertThat(execute("explain", file.toString())).isEqualTo(1);
    assertThat(out()).contains("The stage 'f' ").containsAnyOf("exit", "ended its worker");
    assertThat(folder.resolve("out.jsonl")).doesNotExist();
  }

  @Test
  void says_what_happened_within_its_time_when_a_function_hangs() throws Exception {
    Path file = pipeline(SIMULATED, harmful("hang"));
    assertThat(execute("explain", file.toString(), "--seconds", "4")).isEqualTo(1);
    assertThat(out()).contains("The stage 'f' gave nothing back within 1 s", "--seconds");
  }

  @Test
  void says_why_when_a_function_rejects_everything() throws Exception {
    Path file = pipeline(SIMULATED, harmful("refuse"));
    assertThat(execute("explain", file.toString())).isEqualTo(1);
    assertThat(out()).contains("The stage 'f' rejects what it is given", "no such sensor");
  }

  @Test
  void asks_for_a_sample_when_a_source_can_be_read_only_once() throws Exception {
    Path file =
        pipeline(
            "{ name: a, type: tcp, listen: \"127.0.0.1:19997\", fields: { value: float64 } }", "");
    assertThat(execute("explain", file.toString())).isEqualTo(2);
    assertThat(err()).contains("can be read twice", "--sample");
    assertThat(err().lines()).hasSize(1);

    Path sample = Files.writeString(folder.resolve("some.jsonl"), "{\"value\": 1}\n");
    assertThat(execute("explain", file.toString(), "--sample", sample.toString(), "--seconds", "2"))
        .isZero();
    assertThat(out()).contains("1 records of a", "no stage");
  }

  @Test
  void says_so_when_there_is_nothing_to_read() throws Exception {
    Path readings = Files.writeString(folder.resolve("readings.jsonl"), "nonsense\n");
    Path file =
        pipeline(
            "{ name: a, type: file, path: " + readings + ", fields: { value: float64 } }",
            harmful("nothing"));
    assertThat(execute("explain", file.toString())).isEqualTo(2);
    assertThat(err()).contains("nothing to read for a trial but 1 records that cannot be read");
  }

  @Test
  void refuses_a_time_that_is_none() throws Exception {
    Path file = pipeline(SIMULATED, "");
    assertThat(execute("explain", file.toString(), "--seconds", "0")).isEqualTo(2);
    assertThat(err()).contains("--seconds is from 2 to 3600, not 0");
  }

  @Test
  void writes_the_change_into_the_file_and_says_what_it_has_brought() throws Exception {
    Path file =
        pipeline(
            SIMULATED,
            "{ name: f, blocking: io.forebay.functions.SimulatedDriver, threads: 1,"
                + " parameters: { delayMillis: 100 } }");
    String before = Files.readString(file);

    assertThat(execute("explain", file.toString(), "--seconds", "8", "--verify", "--write"))
        .as(err())
        .isZero();

    assertThat(Files.readString(file)).isEqualTo(before.replace("threads: 1,", "threads: 4,"));
    assertThat(out()).contains("threads: 4", file + " was changed so.");
    Matcher verified =
        Pattern.compile("Verified: predicted ([0-9.]+) times, measured ([0-9.]+) times")
            .matcher(out());
    assertThat(verified.find()).isTrue();
    double predicted = Double.parseDouble(verified.group(1));
    assertThat(predicted).isBetween(2.0, 5.0);
    assertThat(Double.parseDouble(verified.group(2)))
        .isCloseTo(predicted, Percentage.withPercentage(10));
  }

  @Test
  void writes_nothing_when_it_has_tried_another_file() throws Exception {
    Path file = pipeline(SIMULATED, harmful("nothing"));
    assertThat(execute("explain", file.toString(), "--write", "--set", "linger=1s")).isEqualTo(2);
    assertThat(err()).contains("with --set another one is tried");
  }
}
