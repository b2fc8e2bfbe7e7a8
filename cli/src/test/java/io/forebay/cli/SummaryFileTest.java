package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A summary that can be written nowhere stops the start; one that fails at the end, nothing. */
final class SummaryFileTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;

  private int execute(String... args) {
    err.reset();
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    return Main.execute(new Terminal(nowhere, errors, false), Forebay.DEADLINE, args);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("in.jsonl"), "{\"id\":1}\n{\"id\":oops}\n{\"id\":3}\n");
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        root: %1$s
        sources: [{ name: in, type: file, path: %1$s/in.jsonl, fields: { id: int64 } }]
        sinks: [{ type: jsonl, path: %1$s/out.jsonl }]
        deadLetter: { path: %1$s/rejected.jsonl }
        """
            .formatted(folder));
  }

  private int run(String summary) {
    return execute("run", path("plant.yaml"), "--no-progress", "--summary", path(summary));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"folder", "in.jsonl/summary.json"})
  void starts_nothing_when_the_summary_cannot_be_written(String summary) throws IOException {
    Files.createDirectory(folder.resolve("folder"));

    assertThat(run(summary)).isEqualTo(ExitCode.USAGE);

    assertThat(err())
        .startsWith("forebay: the summary cannot be written to '" + path(summary) + "'")
        .contains("nothing was started", "name a")
        .hasLineCount(1);
    assertThat(folder.resolve("out.jsonl")).doesNotExist();
  }

  @Test
  void keeps_the_exit_code_of_the_run_when_its_summary_is_lost() throws IOException {
    Files.createDirectory(folder.resolve("summary.json.tmp"));

    assertThat(run("summary.json")).isEqualTo(ExitCode.DONE);

    assertThat(err())
        .startsWith("forebay: the summary could not be written to '" + path("summary.json") + "'")
        .contains("'" + path("summary.json.tmp") + "' is in the way", "so says the exit code")
        .hasLineCount(1);
    assertThat(folder.resolve("out.jsonl")).content().hasLineCount(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "out.jsonl",
        "out.jsonl.progress",
        "rejected.jsonl",
        "rejected.again.jsonl",
        "rejected.again.jsonl.progress",
        "plant.yaml"
      })
  void replays_nothing_when_the_summary_would_destroy_what_the_replay_uses(String summary)
      throws IOException {
    assertThat(run("summary.json")).isEqualTo(ExitCode.DONE);
    String letters = Files.readString(folder.resolve("rejected.jsonl"));

    int exit =
        execute(
            "replay",
            path("rejected.jsonl"),
            "--pipeline",
            path("plant.yaml"),
            "--summary",
            path(summary));

    assertThat(exit).as(err()).isEqualTo(ExitCode.USAGE);
    assertThat(err())
        .contains("'" + path(summary) + "' would be used by", "by the summary")
        .contains("name another path");
    assertThat(folder.resolve("rejected.jsonl")).hasContent(letters);
    assertThat(folder.resolve("out.jsonl")).content().hasLineCount(2);
  }
}
