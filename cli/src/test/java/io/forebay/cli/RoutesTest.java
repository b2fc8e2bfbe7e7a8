package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sinks that get only what their {@code when} says. */
final class RoutesTest {
  @TempDir private Path folder;

  private static String example() throws IOException {
    return Files.readString(Path.of("../examples/routes.yaml"));
  }

  private long lines(String name) throws IOException {
    return Files.readAllLines(folder.resolve("out").resolve(name)).size();
  }

  @Test
  void each_record_of_the_example_is_where_its_condition_says() throws Exception {
    Files.writeString(folder.resolve("routes.yaml"), example());

    Forebay.Result result = Forebay.run(folder, "run", "routes.yaml", "--no-progress");

    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).contains("10,000 read = 10,000 delivered");
    assertThat(lines("alarms.csv") - 1 + lines("first.jsonl") + lines("others.jsonl"))
        .isEqualTo(10_000);
    assertThat(Files.readAllLines(folder.resolve("out/alarms.csv")).stream().skip(1))
        .isNotEmpty()
        .allMatch(line -> Double.parseDouble(line.substring(line.lastIndexOf(',') + 1)) > 3);
    assertThat(Files.readAllLines(folder.resolve("out/first.jsonl")))
        .isNotEmpty()
        .allMatch(line -> line.contains("\"sensor-0\""));
    assertThat(Files.readAllLines(folder.resolve("out/others.jsonl")))
        .isNotEmpty()
        .noneMatch(line -> line.contains("\"sensor-0\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "feature >         | sinks[0].when",
        "humidity > 3      | 'humidity'",
        "feature > 'high'  | compare it with a number",
      })
  void a_condition_that_cannot_hold_starts_nothing(String when, String sentence) throws Exception {
    Files.writeString(
        folder.resolve("routes.yaml"),
        example().replace("when: \"feature > 3\"", "when: \"" + when.strip() + "\""));

    Forebay.Result result = Forebay.run(folder, "run", "routes.yaml", "--no-progress");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains(sentence);
    assertThat(result.err().lines().toList()).hasSize(1).isNotEqualTo(List.of(""));
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
