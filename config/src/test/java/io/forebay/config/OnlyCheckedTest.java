package io.forebay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.forebay.config.model.PipelineConfig;
import io.forebay.errors.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checking a pipeline file waits for no pipe, and takes nothing from one. */
final class OnlyCheckedTest {
  @TempDir private Path folder;
  private Path pipe;

  @BeforeEach
  void make() throws Exception {
    pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
  }

  private void check(String keys) {
    PipelineConfig config =
        PipelineFile.parse(
            "plant.yaml",
            """
            name: plant
            root: /
            sources: [{ name: in, type: file, path: %s, %s }]
            sinks: [{ type: jsonl, path: %s/out.jsonl }]
            """
                .formatted(pipe, keys, folder),
            List.of(),
            name -> null,
            folder);
    assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> Pipelines.check(config).pipeline().close());
  }

  @ParameterizedTest
  @ValueSource(strings = {"format: jsonl", "format: csv", "follow: true"})
  void refuses_a_pipe_whose_fields_only_a_run_can_infer(String keys) {
    assertThatThrownBy(() -> check(keys))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("can be read only once")
        .hasMessageContaining("declare them under fields");
  }

  @Test
  void accepts_a_pipe_with_declared_fields() {
    check("format: jsonl, fields: { id: int64 }");
    check("format: csv, fields: { id: int64 }");
  }
}
