package io.forebay.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.config.PipelineFile;
import io.forebay.config.model.PipelineConfig;
import io.forebay.engine.api.Stage;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PipelineEditTest {
  private static final String FUNCTION = "io.forebay.functions.LectureFeatures";

  @TempDir private Path folder;

  private Path file(String stages) throws IOException {
    return Files.writeString(
        folder.resolve("plant.yaml"),
        """
        # A plant.
        name: plant   # its name
        root: %s
        sources:
          - { name: a, type: simulated, sensors: 3, records: 500 }
        stages:
        %s
        sinks: [{ type: jsonl, path: %s/out.jsonl }]
        """
            .formatted(folder, stages, folder));
  }

  private static Change workers(String stage, int workers) {
    return Change.of(
        "workers", String.valueOf(workers), Stage.cpu(stage, FUNCTION).workers(workers));
  }

  private static PipelineConfig read(Path file) {
    return PipelineFile.read(file, List.of());
  }

  private void assertNothingIsLeftBehind() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all.map(each -> each.getFileName().toString()))
          .isSubsetOf("plant.yaml", "link.yaml");
    }
  }

  @Test
  void changes_the_lines_of_the_stage_and_no_others() throws Exception {
    Path file =
        file("  - name: f   # slow\n    cpu: " + FUNCTION + "\n    timeout: 3s\n    workers: 2\n");
    String before = Files.readString(file);
    PipelineConfig config = read(file);
    PipelineEdit.of(file).write(Change.inline(Stage.cpu("f", FUNCTION)), config);
    assertThat(Files.readString(file))
        .isEqualTo(
            before
                .replace(FUNCTION + "\n", FUNCTION + "\n    on: inline\n")
                .replace("    timeout: 3s\n", "")
                .replace("    workers: 2\n", ""));
    read(file);
    assertNothingIsLeftBehind();
  }

  @Test
  void changes_what_a_link_leads_to_when_the_file_is_a_link() throws Exception {
    Path file = file("  - { name: f, cpu: " + FUNCTION + ", workers: 1 }");
    Path link = Files.createSymbolicLink(folder.resolve("link.yaml"), file);
    PipelineEdit.of(link).write(workers("f", 2), read(link));
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.readString(file)).contains("workers: 2 }");
  }

  @Test
  void leaves_the_file_alone_when_somebody_else_has_changed_it() throws Exception {
    Path file = file("  - { name: f, cpu: " + FUNCTION + ", workers: 1 }");
    PipelineEdit edit = PipelineEdit.of(file);
    PipelineConfig config = read(file);
    String theirs = Files.readString(file) + "# mine\n";
    Files.writeString(file, theirs);
    assertThatThrownBy(() -> edit.write(workers("f", 2), config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("changed by somebody else meanwhile: nothing was written");
    assertThat(Files.readString(file)).isEqualTo(theirs);
    assertNothingIsLeftBehind();
  }

  @Test
  void leaves_the_file_alone_when_an_anchor_shares_the_value() throws Exception {
    Path file =
        file(
            "  - { name: f, cpu: "
                + FUNCTION
                + ", parameters: &p { workers: 2 }, workers: 1 }\n  - &g { name: g, cpu: "
                + FUNCTION
                + ", workers: &n 1 }\n  - { name: h, cpu: "
                + FUNCTION
                + ", parameters: *p, workers: *n }");
    String before = Files.readString(file);
    PipelineConfig config = read(file);
    // The value of h stands at g: changing it there would change both.
    assertThatThrownBy(() -> PipelineEdit.of(file).write(workers("h", 2), config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("'plant.yaml' cannot be changed: ")
        .hasMessageContaining("nothing was written");
    assertThat(Files.readString(file)).isEqualTo(before);
    assertNothingIsLeftBehind();
  }

  @Test
  void leaves_the_file_alone_when_it_would_not_be_valid() throws Exception {
    Path file = file("  - { name: f, cpu: " + FUNCTION + ", workers: 1 }");
    String before = Files.readString(file);
    PipelineConfig config = read(file);
    Change wrong =
        new Change(
            "f", Optional.empty(), Map.of("on", "nowhere"), List.of(), Stage.cpu("f", FUNCTION));
    assertThatThrownBy(() -> PipelineEdit.of(file).write(wrong, config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("would not be valid", "nowhere");
    assertThat(Files.readString(file)).isEqualTo(before);
    assertNothingIsLeftBehind();
  }
}
