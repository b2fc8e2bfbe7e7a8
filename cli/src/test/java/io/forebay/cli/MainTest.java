package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line inside of the test's JVM. */
final class MainTest {
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

  private Path pipeline(String stages) throws IOException {
    return Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        root: %s
        sources: [{ name: a, type: simulated, sensors: 2, records: 500 }]
        stages: [%s]
        sinks: [{ type: jsonl, path: %s/out.jsonl }]
        """
            .formatted(folder, stages, folder));
  }

  @Test
  void prints_help_and_version() {
    assertThat(execute("--help")).isZero();
    assertThat(out()).contains("run", "validate", "functions", "130, 143");
    assertThat(execute("--version")).isZero();
    assertThat(out()).contains("forebay ");
    assertThat(execute()).isZero();
    assertThat(err()).isEmpty();
  }

  @Test
  void knows_each_command_by_its_name_alone_as_among_all() {
    Terminal terminal = new Terminal(System.out, System.err, false);
    var all = Main.commandLine(terminal, Forebay.DEADLINE).getSubcommands().keySet();
    assertThat(all).contains("run", "top", "demo");
    assertThat(all).contains("completion"); // which is about all the others
    for (String name :
        all.stream().filter(each -> !List.of("completion", "help").contains(each)).toList()) {
      assertThat(Main.commandLine(terminal, Forebay.DEADLINE, name).getSubcommands())
          .containsOnlyKeys(name);
    }
    assertThat(execute("demo", "mqtt", "--help")).isZero();
  }

  @Test
  void exits_with_2_when_the_command_line_is_wrong() {
    assertThat(execute("runn")).isEqualTo(2);
    assertThat(execute("run")).isEqualTo(2);
    assertThat(execute("run", "a.yaml", "--sett", "x=1")).isEqualTo(2);
    assertThat(execute("validate")).isEqualTo(2);
    assertThat(out()).isEmpty();
    assertThat(err())
        .contains("there is no command 'runn': did you mean run?", "'FILE'", "'--sett'");
    assertThat(execute("start")).isEqualTo(2);
    assertThat(err()).contains("there is no command 'start': there are run, ", ", help");
    assertThat(execute("help", "run")).isZero();
    assertThat(out()).contains("--max-rejected");
    out.reset();
  }

  @Test
  void exits_with_2_and_names_every_problem_when_the_file_is_wrong() throws IOException {
    Path file = pipeline("{ name: f, cpu: x.F, workerz: 3, batch: 0 }");
    for (String command : new String[] {"run", "validate"}) {
      err.reset();
      assertThat(execute(command, file.toString())).isEqualTo(2);
      assertThat(err())
          .isEqualTo(
              file
                  + ":4:31: stages[0].workerz: unknown key; did you mean 'workers'?\n"
                  + file
                  + ":4:50: stages[0].batch: must be at least 1, not 0\n");
    }
    assertThat(out()).isEmpty();
    assertThat(folder.resolve("out.jsonl")).doesNotExist();
  }

  @Test
  void exits_with_2_when_a_function_is_not_there() throws IOException {
    Path file = pipeline("{ name: f, cpu: io.forebay.functions.LectureFeature, on: inline }");
    for (String command : new String[] {"run", "validate"}) {
      err.reset();
      assertThat(execute(command, file.toString())).isEqualTo(2);
      assertThat(err())
          .startsWith("forebay: ")
          .contains("did you mean io.forebay.functions.LectureFeatures?");
      assertThat(err().lines()).hasSize(1);
    }
    assertThat(folder.resolve("out.jsonl")).doesNotExist();
  }

  @Test
  void exits_with_2_when_the_input_is_not_there() throws IOException {
    Path file = pipeline("");
    String input = folder.resolve("none.jsonl").toString();
    assertThat(
            execute(
                "run",
                file.toString(),
                "--set",
                "sources.0={name: a, type: file, path: " + input + "}"))
        .isEqualTo(2);
    assertThat(err()).contains(input);
    assertThat(err().lines()).hasSize(1);
  }

  @Test
  void validates_without_starting_anything() throws IOException {
    Path file = pipeline("{ name: f, cpu: io.forebay.functions.LectureFeatures }");
    assertThat(execute("validate", file.toString(), "--set", "workers=1")).isZero();
    assertThat(out())
        .contains("plant: a → f (processes, 1 workers) → out.jsonl", file + " is valid.");
    assertThat(folder.resolve("out.jsonl")).doesNotExist();
  }

  @Test
  void prints_the_schema() {
    assertThat(execute("validate", "--schema")).isZero();
    assertThat(out()).contains("\"https://json-schema.org/draft/2020-12/schema\"");
  }

  @Test
  void lists_functions_with_what_they_add() {
    assertThat(execute("functions")).isZero();
    assertThat(out())
        .contains(
            """
            io.forebay.functions.LectureFeatures
                (value - 20) / 60 and its rolling feature, rounded to 4 decimals, column by column.
                adds normalized: float64, feature: float64
            """);
  }

  @Test
  void runs_and_writes_the_summary() throws IOException {
    Path file = pipeline("{ name: f, cpu: io.forebay.functions.LectureFeatures, on: inline }");
    Path summary = folder.resolve("deep/summary.json");
    assertThat(execute("run", file.toString(), "--summary", summary.toString())).isZero();
    assertThat(folder.resolve("out.jsonl")).content().hasLineCount(1000);
    assertThat(summary).content().contains("\"delivered\": 1000,");
    assertThat(out()).contains("1,000 read = 1,000 delivered");
    assertThat(err()).isEmpty();
  }

  @Test
  void exits_with_1_and_says_why_when_the_sink_fails() throws IOException {
    Path file = pipeline("");
    Path summary = folder.resolve("summary.json");
    int exitCode =
        execute(
            "run",
            file.toString(),
            "--set",
            "root=/",
            "--set",
            "sinks.0.path=/dev/full",
            "--summary",
            summary.toString());
    assertThat(exitCode).as(err()).isEqualTo(1);
    assertThat(err()).startsWith("forebay: ").contains("/dev/full");
  }

  @Test
  void exits_with_2_and_names_every_place_when_ports_are_taken_and_outputs_cannot_be_written()
      throws IOException {
    Files.writeString(folder.resolve("file"), "");
    try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Path file =
          Files.writeString(
              folder.resolve("places.yaml"),
              """
              name: places
              root: %1$s
              sources:
                - { name: a, type: tcp, listen: "127.0.0.1:%2$d" }
                - { name: b, type: udp, listen: "127.0.0.1:%3$d" }
              delivery: at-most-once
              sinks: [{ type: jsonl, path: %1$s/file/out.jsonl }]
              """
                  .formatted(folder, tcp.getLocalPort(), udp.getLocalPort()));
      for (String command : new String[] {"validate", "run"}) {
        err.reset();
        assertThat(execute(command, file.toString())).as(command + err()).isEqualTo(2);
        assertThat(err())
            .contains("the source 'a' cannot listen on 127.0.0.1:" + tcp.getLocalPort())
            .contains("the source 'b' cannot listen on 127.0.0.1:" + udp.getLocalPort())
            .contains("out.jsonl' cannot be made, because")
            .contains("is no folder")
            .contains("nothing was started");
      }
    }
    assertThat(out()).doesNotContain("records");
  }

  @Test
  void tells_sources_and_sinks_with_their_keys() {
    assertThat(execute("connectors")).isZero();
    assertThat(out())
        .contains("- { name: NAME, type: file, path: … }")
        .contains("- { type: duckdb, path: …");
    out.reset();
    assertThat(execute("connectors", "udp")).isZero();
    assertThat(out())
        .contains("    listen: text (required). Where it receives")
        .contains("  of every source:")
        .doesNotContain("sinks:");
    assertThat(execute("connectors", "mqt")).isEqualTo(2);
    assertThat(err()).contains("no source or sink of type 'mqt': did you mean mqtt?");
  }
}
