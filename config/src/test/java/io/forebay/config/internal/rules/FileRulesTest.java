package io.forebay.config.internal.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.config.PipelineFile;
import io.forebay.config.model.InvalidPipelineFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links that somebody has planted lead no file out of the working directory. */
final class FileRulesTest {
  @TempDir private Path top;
  private Path work;
  private final List<String> problems = new ArrayList<>();

  @BeforeEach
  void plant() throws Exception {
    work = Files.createDirectories(top.resolve("work"));
    Path outside = Files.createDirectories(top.resolve("outside"));
    Files.createDirectories(work.resolve("data"));
    Files.createSymbolicLink(work.resolve("folder"), outside);
    Files.createSymbolicLink(work.resolve("relative"), Path.of("../outside/not-there"));
    Files.createSymbolicLink(work.resolve("absolute"), outside.resolve("not-there"));
    Files.createSymbolicLink(work.resolve("chain"), Path.of("absolute"));
    Files.createSymbolicLink(work.resolve("within"), Path.of("data/not-there"));
  }

  private FileRules rules() {
    return new FileRules(work, Optional.empty(), (key, problem) -> problems.add(problem));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "folder/x.jsonl",
        "folder/new/x.jsonl",
        "folder/../x.jsonl",
        "relative",
        "absolute",
        "chain",
        "relative/x.jsonl",
        "data/../folder/x",
        "../outside/x",
        "/proc/self/fd/0"
      })
  void refuses_a_path_that_leads_out(String path) {
    assertThat(rules().check("sinks[0].path", path, true)).isFalse();
    assertThat(problems).singleElement().asString().contains("lies outside the working directory");
    problems.clear();
    rules().checkDefault("sinks[0].path", path, "letters would go to", "name another file");
    assertThat(problems).singleElement().asString().contains("outside the working directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.jsonl", "data/x", "new/x", "within", "data/../x"})
  void accepts_a_path_that_stays(String path) {
    assertThat(rules().check("sinks[0].path", path, true)).isTrue();
    assertThat(problems).isEmpty();
  }

  @Test
  void knows_a_file_again_by_a_link_to_it_that_is_not_there_yet() {
    FileRules rules = rules();
    rules.check("sinks[0].path", "data/not-there", true);

    assertThat(rules.check("sinks[1].path", "within", true)).isFalse();
    assertThat(problems).containsExactly("is the same file as sinks[0].path; name another file");
  }

  @Test
  void refuses_default_dead_letters_behind_a_planted_link() throws Exception {
    Files.createSymbolicLink(work.resolve("out.jsonl.rejected.jsonl"), top.resolve("elsewhere"));
    List<String> found = new ArrayList<>();
    try {
      PipelineFile.parse(
          "plant.yaml",
          """
          name: plant
          sources: [{ name: in, type: simulated, records: 1 }]
          sinks: [{ type: jsonl, path: out.jsonl }]
          """,
          List.of(),
          name -> null,
          work);
    } catch (InvalidPipelineFileException e) {
      found.addAll(e.problems());
    }

    assertThat(found)
        .containsExactly(
            "plant.yaml:3:30: sinks[0].path: the dead letters would go to"
                + " 'out.jsonl.rejected.jsonl', outside the working directory; name another file"
                + " with deadLetter.path");
  }
}
