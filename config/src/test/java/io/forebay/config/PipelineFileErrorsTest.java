package io.forebay.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.config.model.InvalidPipelineFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every wrong pipeline file of errors.txt, with every sentence that it must be answered with. */
final class PipelineFileErrorsTest {
  private static final Path TABLE = Path.of("src/test/resources/io/forebay/config/errors.txt");

  @TempDir private static Path workingDirectory;

  record Case(String title, String yaml, List<String> overrides, List<String> problems) {
    @Override
    public String toString() {
      return title;
    }

    String text(List<String> actual) {
      StringBuilder text = new StringBuilder("### ").append(title).append('\n').append(yaml);
      overrides.forEach(override -> text.append("--set ").append(override).append('\n'));
      text.append("=>\n");
      actual.forEach(problem -> text.append(problem).append('\n'));
      return text.toString();
    }
  }

  static Stream<Case> table() throws IOException {
    return read().stream();
  }

  private static List<Case> read() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String block : Files.readString(TABLE).split("(?m)^### ", -1)) {
      if (block.isBlank()) {
        continue;
      }
      String[] halves = block.split("(?m)^=>\n", 2);
      String title = halves[0].lines().findFirst().orElseThrow();
      StringBuilder yaml = new StringBuilder();
      List<String> overrides = new ArrayList<>();
      for (String line : halves[0].lines().skip(1).toList()) {
        if (line.startsWith("--set ")) {
          overrides.add(line.substring(6));
        } else {
          yaml.append(line).append('\n');
        }
      }
      cases.add(new Case(title, yaml.toString(), overrides, halves[1].lines().toList()));
    }
    return cases;
  }

  private static List<String> problemsOf(Case wrong) {
    try {
      PipelineFile.parse(
          "plant.yaml",
          wrong.yaml(),
          wrong.overrides(),
          Map.of("SECRET", "hunter2", "PLACE", "annex", "EMPTY", "")::get,
          workingDirectory);
      return List.of("(accepted)");
    } catch (InvalidPipelineFileException e) {
      return e.problems();
    }
  }

  @ParameterizedTest
  @MethodSource("table")
  void says_what_is_wrong_where_and_what_to_change(Case wrong) {
    List<String> problems = problemsOf(wrong);
    assertThat(problems).isEqualTo(wrong.problems());
    assertThat(String.join("\n", problems)).doesNotContain("hunter2");
  }

  @Test
  void table_has_forty_cases_or_more() throws IOException {
    List<Case> cases = read();
    if (Boolean.getBoolean("forebay.write")) {
      StringBuilder text = new StringBuilder();
      cases.forEach(each -> text.append(each.text(problemsOf(each))));
      Files.writeString(TABLE, text);
    }
    assertThat(cases).hasSizeGreaterThan(40);
  }
}
