package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.connectors.file.DeadLetterFile;
import io.forebay.errors.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which pipeline file dead letters are sent through, and which one never only because they say so.
 */
final class DeadLetterPipelineTest {
  @TempDir private Path top;
  private Path work;
  private Path letters;

  @BeforeEach
  void make() throws Exception {
    work = Files.createDirectories(top.resolve("work"));
    letters = work.resolve("letters.jsonl");
    Files.createDirectories(top.resolve("outside"));
    for (String file : List.of("outside/evil.yaml", "work/plant.yaml", "work/b.yaml")) {
      Files.writeString(top.resolve(file), "name: x\n");
    }
    Files.createSymbolicLink(work.resolve("link.yaml"), top.resolve("outside/evil.yaml"));
    Files.createSymbolicLink(work.resolve("folder"), top.resolve("outside"));
  }

  private DeadLetterPipeline of(Path given, String... pipelines) throws Exception {
    StringBuilder text = new StringBuilder();
    for (String pipeline : pipelines) {
      text.append("{\"source\":\"in\",\"reason\":\"r\",\"text\":\"x\"");
      if (!pipeline.isEmpty()) {
        text.append(",\"pipeline\":\"%s\",\"identity\":\"1\"".formatted(pipeline));
      }
      text.append("}\n");
    }
    Files.writeString(letters, text);
    return DeadLetterPipeline.of(letters, DeadLetterFile.read(letters), given, work);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OUTSIDE/evil.yaml",
        "../outside/evil.yaml",
        "link.yaml",
        "folder/evil.yaml",
        "folder/../evil.yaml",
        "gone.yaml",
        "",
        "\\u0000",
        "/dev/zero",
        "/proc/self/fd/0"
      })
  void refuses_a_pipeline_that_only_letters_name_and_that_lies_elsewhere(String named) {
    assertThatThrownBy(() -> of(null, named.replace("OUTSIDE", top.resolve("outside").toString())))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("name it with --pipeline");
  }

  @Test
  void takes_what_the_letters_name_under_the_working_directory_and_says_so() throws Exception {
    DeadLetterPipeline chosen = of(null, "plant.yaml");

    assertThat(chosen.file()).isEqualTo(Path.of("plant.yaml"));
    assertThat(chosen.named()).as("it must match the letters").isTrue();
    assertThat(chosen.notices())
        .containsExactly(
            "The pipeline file is 'plant.yaml', which the dead letters '" + letters + "' name.");
  }

  @Test
  void takes_what_is_given_wherever_it_lies() throws Exception {
    Path evil = top.resolve("outside/evil.yaml");

    assertThat(of(evil, "plant.yaml").file()).isEqualTo(evil);
    assertThat(of(evil, "plant.yaml").named()).isFalse();
    assertThat(of(evil, "").labels()).containsExactly("");
  }

  @ParameterizedTest
  @CsvSource({"plant.yaml", "./plant.yaml", "../work/plant.yaml"})
  void takes_of_several_pipelines_the_letters_of_the_given_one(String given) throws Exception {
    DeadLetterPipeline chosen = of(Path.of(given), "plant.yaml", "b.yaml", "b.yaml", "");

    assertThat(chosen.labels()).isEqualTo(Set.of("plant.yaml"));
    assertThat(chosen.notices())
        .containsExactly(
            "3 dead letters of other pipelines ('b.yaml', one that is not named) are left out.");
  }

  @Test
  void refuses_several_pipelines_of_which_none_is_given() {
    assertThatThrownBy(() -> of(null, "plant.yaml", "b.yaml"))
        .hasMessageContaining("of several pipelines ('b.yaml', 'plant.yaml')");
    assertThatThrownBy(() -> of(Path.of("c.yaml"), "plant.yaml", "b.yaml"))
        .hasMessageContaining("they are of 'b.yaml', 'plant.yaml'");
  }
}
