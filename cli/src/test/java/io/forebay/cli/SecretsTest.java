package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets of the pipeline file are printed nowhere. */
final class SecretsTest {
  @TempDir private Path folder;

  private void write(String secret) throws Exception {
    Files.writeString(folder.resolve("secret"), secret + "\n");
    Files.writeString(folder.resolve("in.jsonl"), "{\"id\":1}\n{\"id\":2}\n");
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        sources:
          - { name: in, type: file, path: in.jsonl, fields: { id: int64 } }
        stages:
          - { name: fail, cpu: io.forebay.cli.SecretsTest$NotThere,
              parameters: { password: "${file:secret}" } }
        sinks:
          - { type: jsonl, path: "out-${file:secret}/x.jsonl" }
        deadLetter: { path: rejected.jsonl }
        """);
  }

  @Test
  void prints_stars_when_an_error_or_a_trace_holds_a_secret() throws Exception {
    write("hunter2-is-long");
    // The sink's folder is a file: the message of the library holds the path.
    Files.writeString(folder.resolve("out-hunter2-is-long"), "");

    for (String stages : new String[] {"stages=[]", "ordered=true"}) {
      Forebay.Result result =
          Forebay.run(folder, "run", "plant.yaml", "--no-progress", "--verbose", "--set", stages);

      assertThat(result.exitCode()).isEqualTo(2);
      assertThat(result.out() + result.err()).doesNotContain("hunter2");
    }
    assertThat(Forebay.run(folder, "run", "plant.yaml", "--set", "stages=[]").err())
        .contains("out-***/x.jsonl");
  }

  @Test
  void prints_stars_in_the_summary_and_in_notices() throws Exception {
    write("hunter2-is-long");

    Forebay.Result result =
        Forebay.run(
            folder,
            "run",
            "plant.yaml",
            "--set",
            "stages=[]",
            "--set",
            "sinks.0.name=to-hunter2-is-long",
            "--summary",
            "summary.json");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out() + result.err()).doesNotContain("hunter2").contains("to-***");
    assertThat(Files.readString(folder.resolve("summary.json"))).contains("to-***");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".progress")).toList()) {
        assertThat(Files.readString(file)).doesNotContain("hunter2");
      }
    }
  }
}
