package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code forebay run --profile} with workers of both languages and a stage of this process. */
final class ProfileTest {
  private static final String PYTHON =
      """
      def spin(value):
          total = value
          for i in range(7000):
              total += i * i
          return total

      def process(rows):
          for row in rows:
              row["turned"] = spin(row["value"])
          return rows
      """;

  private static final String PIPELINE =
      """
      name: spinning
      sources:
        - { name: hall, type: simulated, sensors: 1, records: 4000, rate: 0, seed: 1 }
      stages:
        - { name: here, cpu: io.forebay.cli.Spinner, on: inline, parameters: { steps: "10000" } }
        - { name: again, cpu: io.forebay.cli.Spinner, on: inline, parameters: { steps: "10000" } }
        - name: java
          cpu: io.forebay.cli.Spinner
          parameters: { steps: "80000" }
          workers: 1
          priority: normal
        - name: py
          cpu: python:spinner.process
          workers: 1
          priority: normal
          outputs: { turned: float64 }
      sinks:
        - { type: jsonl, path: out.jsonl }
      deadLetter: { path: rejected.jsonl }
      """;

  @TempDir private Path folder;

  private void write() throws IOException {
    Files.writeString(folder.resolve("spinner.py"), PYTHON);
    Files.writeString(folder.resolve("spin.yaml"), PIPELINE);
  }

  /** The percentage of its stage that the method has which has most. */
  private static int ofTop(String out, String stage, String method) {
    Pattern sentence =
        Pattern.compile("(?m)^" + stage + ": .*\\(top: " + Pattern.quote(method) + " (\\d+) %\\)");
    Matcher found = sentence.matcher(out);
    assertThat(found.find()).as(stage + ": " + method + " in " + out).isTrue();
    return Integer.parseInt(found.group(1));
  }

  @Test
  void busy_function_has_most_of_its_stage_in_java_and_in_python() throws Exception {
    write();
    Forebay.Result result = Forebay.run(folder, "run", "--profile", "spin.yaml", "--no-progress");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("4,000 read = 4,000 delivered", "async-profiler (");
    for (String stage : List.of("here", "again", "java")) {
      assertThat(ofTop(result.out(), stage, "io.forebay.cli.Spinner.spin")).isGreaterThan(50);
    }
    assertThat(ofTop(result.out(), "py", "spinner.spin")).isGreaterThan(50);
    assertThat(result.out()).containsPattern("py: .* \\d+ % Forebay \\(crossing the border\\)");
    assertThat(result.out()).containsPattern("engine: .* dispatcher");
    Path pages = folder.resolve("forebay-profile");
    try (Stream<Path> files = Files.list(pages)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "index.html",
              "pipeline.html",
              "engine.html",
              "stacks.collapsed",
              "1-here.html",
              "2-again.html",
              "3-java.html",
              "4-py.html");
    }
    assertThat(pages.resolve("stacks.collapsed"))
        .content()
        .containsPattern("(?m)^py;the function;spinner.process;spinner.spin \\d+$")
        .containsPattern(
            "(?m)^java;the function;(io/forebay/cli/Spinner.apply;)+io/forebay/cli/Spinner.spin");
    assertThat(pages.resolve("index.html")).content().contains("4-py.html", "JVM compiler");
  }

  @Test
  void folder_that_cannot_be_made_starts_nothing() throws Exception {
    write();
    Forebay.Result result =
        Forebay.run(folder, "run", "spin.yaml", "--profile=spinner.py/pages", "--no-progress");
    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("the profile cannot be written to 'spinner.py/pages'");
    assertThat(folder.resolve("out.jsonl")).doesNotExist();
  }
}
