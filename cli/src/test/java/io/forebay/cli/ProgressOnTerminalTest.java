package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.cli.screen.Shown;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgressOnTerminalTest {
  @TempDir private Path folder;

  @Test
  void records_and_progress_do_not_write_over_each_other_when_both_go_to_the_terminal()
      throws Exception {
    assumeTrue(Forebay.hasTerminals(), "there is no /usr/bin/script: install util-linux");
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        sources: [{ name: hall-a, type: simulated, records: 200, rate: 100 }]
        sinks: [{ type: jsonl, path: '-' }]
        deadLetter: { path: rejected.jsonl }
        """);
    String printed;
    try (Forebay forebay = Forebay.startOnTerminal(folder, "run", "plant.yaml")) {
      Forebay.Result result = forebay.await();
      assertThat(result.exitCode()).as(result.out()).isZero();
      printed = result.out();
    }
    // It was shown while it ran, in the lines of top, and is gone.
    assertThat(printed).contains("plant  running ", "source  hall-a ", "\u001b[J");
    List<String> shown = Shown.of(printed);
    assertThat(shown).noneMatch(line -> line.contains("plant  running "));
    assertThat(shown.stream().filter(line -> line.contains("sensorId")))
        .hasSize(200)
        .allMatch(line -> line.startsWith("{\"") && line.endsWith("}"));
    assertThat(shown).anyMatch(line -> line.startsWith("200 read = 200 delivered"));
  }
}
