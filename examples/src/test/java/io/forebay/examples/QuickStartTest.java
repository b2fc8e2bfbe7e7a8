package io.forebay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickStartTest {
  private static final Path SOURCE =
      Path.of("src/main/java/io/forebay/examples/QuickStart.java").toAbsolutePath();

  @TempDir private Path out;

  @Test
  void delivers_every_record_with_its_features_when_run() throws Exception {
    QuickStart.main(new String[] {out.toString()});

    List<String> lines = Files.readAllLines(out.resolve("features.jsonl"));
    assertThat(lines).hasSize(50_000);
    assertThat(lines)
        .allMatch(line -> line.contains("\"normalized\":") && line.contains("\"feature\":"));
    assertThat(out.resolve("rejected.jsonl")).isEmptyFile();
  }

  @Test
  void is_what_the_readme_shows() throws IOException {
    String readme =
        Files.readString(SOURCE.resolve("../../../../../../../../README.md").normalize());
    String body =
        Files.readString(SOURCE)
            .lines()
            .dropWhile(line -> !line.contains("try (Pipeline"))
            .limit(9)
            .map(line -> line.startsWith("    ") ? line.substring(4) : line)
            .reduce("", (text, line) -> text + line + "\n");

    assertThat(body).contains("pipeline.run()");
    assertThat(readme).contains(body);
  }
}
