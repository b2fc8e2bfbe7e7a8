package io.forebay.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonSchemaTest {
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(JsonSchema.ofPipelineFiles(), InputFormat.JSON);

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Generated.file("examples"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  private static List<Error> validate(String yaml) {
    return SCHEMA.validate(yaml, InputFormat.YAML);
  }

  @Test
  void checked_in_schema_is_the_one_of_the_code() throws IOException {
    Generated.check(
        Generated.file("docs/specs/pipeline.schema.json"), JsonSchema.ofPipelineFiles());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void accepts_the_examples(Path example) throws IOException {
    assertThat(validate(Files.readString(example))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void examples_can_be_read(Path example) throws IOException {
    PipelineFile.parse(
        example.toString(),
        Files.readString(example),
        List.of(),
        name -> null,
        Path.of("..").toAbsolutePath());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "workerz: 3",
        "on: inlin",
        "workers: 0",
        "workers: fast",
        "batch: 0",
        "timeout: 30",
        "memory: 256MB",
        "cpu: [a]",
        "async: com.acme.F",
      })
  void refuses_what_the_reader_refuses(String wrong) {
    String stage = wrong.startsWith("cpu") ? wrong : "cpu: com.acme.F, " + wrong;
    String yaml =
        """
        name: plant
        sources: [{ name: a, type: simulated, records: 10 }]
        stages: [{ name: f, %s }]
        sinks: [{ type: jsonl, path: out.jsonl }]
        """;
    assertThat(validate(yaml.formatted("cpu: com.acme.F"))).isEmpty();
    assertThat(validate(yaml.formatted(stage))).isNotEmpty();
  }

  @Test
  void accepts_secrets_in_place_of_numbers() {
    assertThat(
            validate(
                """
                name: plant
                sources: [{ name: a, type: simulated, records: '${env:N}', seed: 3 }]
                sinks: [{ type: jsonl, path: '${env:OUT}' }]
                """))
        .isEmpty();
  }
}
