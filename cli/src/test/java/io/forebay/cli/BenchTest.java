package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code forebay bench}, with real workers. Speeds are not looked at: the machine may be busy. */
final class BenchTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;

  private int execute(String... args) {
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

  private String pipeline(String stage) throws IOException {
    Path readings = folder.resolve("readings.jsonl");
    Files.writeString(readings, "{\"value\": 1}\n{\"value\": 2.5}\n{\"value\": 3}\n");
    return Files.writeString(
            folder.resolve("plant.yaml"),
            """
            name: plant
            root: %1$s
            sources: [{ name: a, type: file, path: %2$s, fields: { value: float64 } }]
            stages: [%3$s]
            sinks: [{ type: jsonl, path: %1$s/out.jsonl }]
            """
                .formatted(folder, readings, stage))
        .toString();
  }

  private static String harmful(String does) {
    return "{ name: f, cpu: io.forebay.cli.Harmful, workers: 1, parameters: { does: "
        + does
        + " } }";
  }

  @Test
  void measures_each_cell_in_turns_and_changes_nothing() throws Exception {
    String file = pipeline(harmful("nothing"));
    Path report = folder.resolve("reports/bench.html");
    assertThat(
            execute(
                "bench",
                file,
                "--json",
                "--seconds",
                "4",
                "--rounds",
                "2",
                "--on",
                "processes,inline",
                "--workers",
                "1",
                "--batch",
                "2,auto",
                "--report",
                report.toString()))
        .as(err())
        .isZero();

    JsonNode json = new JsonMapper().readTree(out());
    assertThat(json.at("/sample/0/records").asInt()).isEqualTo(3);
    JsonNode cells = json.at("/stages/0/cells");
    assertThat(cells.valueStream().map(cell -> cell.at("/label").asString()))
        .containsExactly(
            "processes × 1, batches of 2",
            "processes × 1, batch: auto",
            "inline, batches of 2",
            "inline, batch: auto");
    int trials =
        cells.valueStream().mapToInt(cell -> cell.at("/recordsPerSecond/rounds").size()).sum();
    boolean cut = json.at("/stages/0/notices").toString().contains("There was time for");
    assertThat(trials).isBetween(cut ? 1 : 8, cut ? 7 : 8);
    JsonNode first = cells.get(0).at("/recordsPerSecond");
    assertThat(first.at("/median").asDouble())
        .isBetween(first.at("/least").asDouble(), first.at("/most").asDouble());
    assertThat(cells.get(0).at("/rowsPerBatch/most").asDouble()).isBetween(1.0, 2.0);
    assertThat(json.at("/stages/0/configured").asString()).isEqualTo("processes × 1, batch: auto");
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder("plant.yaml", "readings.jsonl", "reports");
    }
    assertThat(Files.readString(report))
        .hasSizeLessThan(200 * 1024)
        .contains("<svg", "processes × 1", "inline", "Fastest: ")
        .doesNotContain("src=", "href=", "<script");
  }

  @Test
  void shows_a_table_with_bars_and_what_the_file_has() throws Exception {
    assertThat(
            execute(
                "bench",
                pipeline(harmful("nothing")),
                "--seconds",
                "2",
                "--rounds",
                "1",
                "--on",
                "threads",
                "--workers",
                "1",
                "--batch",
                "20"))
        .as(err())
        .isZero();
    assertThat(out())
        .contains("3 records of a", "1 round", "threads", "processes (the file)", "█", "Fastest: ");
  }

  @Test
  void says_what_happened_and_tries_it_nowhere_else_when_a_function_ends_its_process()
      throws Exception {
    assertThat(execute("bench", pipeline(harmful("exit")), "--seconds", "4")).isEqualTo(1);
    assertThat(out()).contains("The stage 'f' ").doesNotContain("inline");
  }

  @ParameterizedTest
  @CsvSource({
    "--stage, g, there is no stage 'g': --stage names one of f",
    "--on, gpu, --on is a list of",
    "--seconds, 1, --seconds is from 2",
    "--rounds, 0, --rounds is from 1",
    "--sample, nowhere.jsonl, nowhere.jsonl"
  })
  void refuses_in_one_sentence(String option, String value, String sentence) throws Exception {
    assertThat(execute("bench", pipeline(harmful("nothing")), option, value)).isEqualTo(2);
    assertThat(err()).contains(sentence);
    assertThat(err().lines()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"bench", "explain", "run"})
  void leaves_what_the_pipeline_reads_and_writes_alone_when_a_report_would_replace_it(
      String command) throws Exception {
    String file = pipeline(harmful("nothing"));
    for (String target : new String[] {"readings.jsonl", "out.jsonl", "plant.yaml"}) {
      err.reset();
      String path = folder.resolve(target).toString();
      assertThat(execute(command, file, "--report", path)).as(target).isEqualTo(2);
      assertThat(err()).contains("the report", path);
    }
    assertThat(folder.resolve("readings.jsonl")).content().startsWith("{\"value\": 1}");
  }
}
