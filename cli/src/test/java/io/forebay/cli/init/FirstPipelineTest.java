package io.forebay.cli.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.forebay.config.PipelineFile;
import io.forebay.config.Pipelines;
import io.forebay.config.model.PipelineConfig;
import io.forebay.errors.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FirstPipelineTest {
  @TempDir private Path folder;

  private String yaml(String file, String text) throws Exception {
    Path data = Files.writeString(folder.resolve(file), text);
    return FirstPipeline.of(data, folder).yaml();
  }

  private PipelineConfig read(String yaml) {
    PipelineConfig config = PipelineFile.parse("first.yaml", yaml, List.of(), name -> null, folder);
    Pipelines.check(config).pipeline().close();
    return config;
  }

  private static final String LINES =
      """
      {"sensorId":"a","timestamp":1700000000000,"value":1.5}
      {"sensorId":"b","timestamp":1700000001000,"value":2.5}
      """;

  @Test
  void writes_what_can_be_run_with_the_fields_that_are_there() throws Exception {
    String yaml = yaml("Hall 3 (new).jsonl", LINES);
    assertThat(yaml)
        .contains("name: hall-3-new\n")
        .contains("path: ")
        .contains("fields: { sensorId: string, timestamp: timestamp-ms, value: float64 }")
        .contains("statistics: [count");
    assertThat(yaml("names.csv", "NAME,PATH\nx,1\ny,2\n"))
        .contains("fields: { NAME: string, PATH: int64 }")
        .contains("column: PATH,")
        .doesNotContain("statistics:");
    assertThat(yaml("german.csv", "zeit;temp\n1;2\n"))
        .contains("fields: { zeit: int64, temp: int64 }\n    separator: \";\"\n    # follow");
  }

  @Test
  void stages_that_are_proposed_can_be_taken_as_they_are() throws Exception {
    String yaml = yaml("readings.jsonl", LINES).replace(folder + "/", "");
    String taken =
        yaml.replace("# stages:", "stages:")
            .replaceAll("(?m)^#   - \\{ name: (plausible|minutes)", "  - { name: $1")
            .replaceAll("path: .*readings.jsonl\n", "path: " + folder + "/readings.jsonl\n")
            .replace("name: readings\nsources", "name: readings\nroot: /\nsources");
    assertThat(read(taken).stages()).hasSize(2);
  }

  @Test
  void refuses_in_a_sentence_when_there_is_nothing_to_look_at() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FirstPipeline.of(folder.resolve("none.csv"), folder))
        .withMessageContaining("there is no file");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FirstPipeline.of(folder, folder))
        .withMessageContaining("not a regular file");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> yaml("empty.jsonl", ""));
  }
}
