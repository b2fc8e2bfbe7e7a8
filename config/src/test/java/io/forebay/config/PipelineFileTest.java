package io.forebay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.RowShape;
import io.forebay.columns.ColumnType;
import io.forebay.config.model.DeadLetterConfig;
import io.forebay.config.model.ForebayConfig;
import io.forebay.config.model.InvalidPipelineFileException;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.model.StageConfig;
import io.forebay.config.model.TelemetryConfig;
import io.forebay.config.sinks.SinkConfig;
import io.forebay.config.sinks.SinkDelivery;
import io.forebay.config.sources.SourceConfig;
import io.forebay.config.values.ByteSize;
import io.forebay.config.values.FieldType;
import io.forebay.config.values.RecycleConfig;
import io.forebay.config.values.SpoolConfig;
import io.forebay.config.values.WhenSlow;
import io.forebay.config.values.WorkerCount;
import io.forebay.connectors.file.FileFormat;
import io.forebay.connectors.simulated.Waveform;
import io.forebay.engine.Delivery;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.RejectionLimit;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.snapshot.Placement;
import io.forebay.workers.api.WorkerPriority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PipelineFileTest {
  private static final String PLANT =
      """
      name: plant
      sources:
        - { name: hall-a, type: simulated, sensors: 4, records: 12500, rate: 0.5, seed: 7 }
        - { name: replay, type: file, path: readings.jsonl, format: jsonl,
            fields: { sensorId: string, timestamp: timestamp-ms, value: float64? } }
      forebay: { slots: 64, slotSize: 2MiB }
      stages:
        - { name: lookup, async: com.acme.Lookup, concurrency: 8, timeout: 2s }
        - { name: legacy, blocking: com.acme.OldDriver, threads: 4 }
        - { name: features, cpu: com.acme.Features, on: processes, workers: 3, batch: 20,
            timeout: 5s, memory: 512MiB, priority: idle, protect: true,
            recycle: { calls: 1000, growth: 64MiB }, env: { OMP_NUM_THREADS: "2" },
            parameters: { column: value, limit: 12 } }
      sinks:
        - { type: jsonl, path: out/features.jsonl }
        - { type: csv, path: out/features.csv, name: table, separator: ;, dropExtras: true }
      deadLetter: { path: out/rejected.jsonl }
      ordered: false
      maxLatency: 500ms
      linger: 20ms
      window: 1000
      maxRejected: 2.5%
      root: /
      telemetry: { otlp: "http://h:4318" }
      """;

  @TempDir private static Path workingDirectory;

  private static PipelineConfig parse(String text, String... overrides) {
    return PipelineFile.parse(
        "plant.yaml",
        text,
        List.of(overrides),
        Map.of("FOLDER", "in", "COUNT", "12")::get,
        workingDirectory);
  }

  private static StageConfig.Cpu cpu(PipelineConfig config) {
    return (StageConfig.Cpu) config.stages().getLast();
  }

  @Test
  void reads_every_key() {
    PipelineConfig config = parse(PLANT);
    assertThat(config)
        .isEqualTo(
            new PipelineConfig(
                "plant",
                List.of(
                    new SourceConfig.Simulated(
                        "hall-a", 4, 12_500, 0.5, 7, Waveform.TRIANGLE, 5, 0, 0, 0, 0, 0),
                    new SourceConfig.File(
                        "replay",
                        "readings.jsonl",
                        Optional.of(FileFormat.JSONL),
                        Map.of(
                            "sensorId",
                            new FieldType(ColumnType.STRING, false),
                            "timestamp",
                            new FieldType(ColumnType.TIMESTAMP_MS, false),
                            "value",
                            new FieldType(ColumnType.FLOAT64, true)),
                        Optional.empty(),
                        CsvHeaderRow.AUTO,
                        false,
                        Optional.empty(),
                        0)),
                Optional.of(new ForebayConfig(64, new ByteSize(2 << 20))),
                List.of(
                    new StageConfig.Async(
                        "lookup", "com.acme.Lookup", 8, Duration.ofSeconds(2), Map.of()),
                    new StageConfig.Blocking("legacy", "com.acme.OldDriver", 4, Map.of()),
                    new StageConfig.Cpu(
                        "features",
                        "com.acme.Features",
                        Placement.PROCESSES,
                        new WorkerCount(OptionalInt.of(3)),
                        BatchSize.of(20),
                        Optional.of(Duration.ofSeconds(5)),
                        Optional.of(new ByteSize(512 << 20)),
                        Optional.of(WorkerPriority.IDLE),
                        Optional.of(true),
                        Optional.of(new RecycleConfig(1000, Optional.of(new ByteSize(64 << 20)))),
                        Map.of("OMP_NUM_THREADS", "2"),
                        Optional.empty(),
                        List.of(),
                        Map.of(),
                        Optional.empty(),
                        Map.of("column", "value", "limit", "12"))),
                List.of(
                    new SinkConfig.Jsonl(Optional.empty(), "out/features.jsonl"),
                    new SinkConfig.Csv(
                        Optional.of("table"), "out/features.csv", Optional.of(';'), true)),
                Optional.of(new DeadLetterConfig("out/rejected.jsonl")),
                false,
                Duration.ofMillis(500),
                Duration.ofMillis(20),
                1000,
                Optional.of(new RejectionLimit.Share(0.025)),
                Optional.of("/"),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new TelemetryConfig("http://h:4318", Optional.empty())),
                config.attached()));
  }

  @Test
  void keeps_fields_in_the_order_of_the_file() {
    SourceConfig.File file = (SourceConfig.File) parse(PLANT).sources().getLast();
    assertThat(file.fields().keySet()).containsExactly("sensorId", "timestamp", "value");
  }

  @Test
  void reads_how_many_records_may_be_rejected() {
    assertThat(parse(PLANT, "maxRejected=0").maxRejected()).contains(new RejectionLimit.Records(0));
    assertThat(parse(PLANT, "maxRejected=none").maxRejected())
        .contains(new RejectionLimit.Unlimited());
    for (String wrong : List.of("-1", "101%", "%", "many", "1e3", "")) {
      assertThatThrownBy(() -> parse(PLANT, "maxRejected=" + wrong))
          .as(wrong)
          .isInstanceOf(InvalidPipelineFileException.class)
          .hasMessageContaining("maxRejected");
    }
  }

  @Test
  void has_documented_defaults_when_keys_are_left_out() {
    PipelineConfig config =
        parse(
            """
            name: least
            sources: [{ name: a, type: simulated, records: 1 }]
            stages:
              - { name: f, cpu: com.acme.F }
            sinks: [{ type: jsonl, path: out/a.jsonl }]
            """);
    assertThat(config.forebaySize()).isEqualTo(new ForebayConfig(32, new ByteSize(1 << 20)));
    assertThat(config.ordered()).isTrue();
    assertThat(config.maxLatency()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.linger()).isEqualTo(Duration.ofMillis(50));
    assertThat(config.window()).isEqualTo(1_048_576);
    assertThat(config.deadLetterPath()).isEqualTo("out/a.jsonl.rejected.jsonl");
    assertThat(config.sinks().getFirst().label()).isEqualTo("a.jsonl");
    assertThat(cpu(config))
        .isEqualTo(
            new StageConfig.Cpu(
                "f",
                "com.acme.F",
                Placement.PROCESSES,
                new WorkerCount(OptionalInt.empty()),
                BatchSize.auto(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                List.of(),
                Map.of(),
                Optional.empty(),
                Map.of()));
  }

  @Test
  void looks_for_python_modules_beside_the_file_and_then_where_it_is_told(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("plant.yaml");
    Files.writeString(
        file,
        """
        name: python
        sources: [{ name: a, type: simulated, records: 1 }]
        stages:
          - name: f
            cpu: python:features.f
            python: .venv/bin/python
            pythonPath: [src]
            outputs: { z: "float64?", a: string }
            rows: fewer
        sinks: [{ type: jsonl, path: out/a.jsonl }]
        """);
    StageConfig.Cpu cpu = cpu(PipelineFile.read(file, List.of()));
    assertThat(cpu.pythonPath()).containsExactly(folder.toString(), "src");
    assertThat(cpu.python()).contains(".venv/bin/python");
    assertThat(cpu.outputs().keySet()).containsExactly("z", "a");
    assertThat(cpu.outputs().get("z")).isEqualTo(new FieldType(ColumnType.FLOAT64, true));
    assertThat(cpu.rows()).contains(RowShape.FEWER);
  }

  @Test
  void default_of_forebay_is_what_its_keys_default_to() {
    String text = PLANT.replace("{ slots: 64, slotSize: 2MiB }", "{}");
    assertThat(parse(text).forebaySize())
        .isEqualTo(parse(PLANT.replaceFirst("(?m)^forebay.*\n", "")).forebaySize());
  }

  @Test
  void dead_letters_go_beside_the_pipeline_when_the_sink_is_standard_output() {
    PipelineConfig config =
        parse(
            """
            name: least
            sources: [{ name: a, type: simulated, records: 1 }]
            sinks: [{ type: jsonl, path: '-' }]
            """);
    assertThat(config.deadLetterPath()).isEqualTo("least.rejected.jsonl");
    assertThat(config.sinks().getFirst().label()).isEqualTo("stdout");
  }

  @Test
  void override_changes_a_stage_by_name_and_by_index() {
    assertThat(cpu(parse(PLANT, "stages.features.batch=auto")).batch()).isEqualTo(BatchSize.auto());
    assertThat(cpu(parse(PLANT, "stages.2.workers=physical")).workers().fixed()).isEmpty();
  }

  @Test
  void override_out_of_processes_drops_the_timeout_and_memory_of_the_file() {
    StageConfig.Cpu features = cpu(parse(PLANT, "stages.features.on=threads"));
    assertThat(features.on()).isEqualTo(Placement.THREADS);
    assertThat(features.timeout()).isEmpty();
    assertThat(features.memory()).isEmpty();
  }

  @Test
  void override_without_a_stage_changes_every_cpu_stage() {
    String text = PLANT.replace("sinks:", "  - { name: more, cpu: com.acme.More }\nsinks:");
    PipelineConfig config = parse(text, "batch=7", "workers=1", "on=inline");
    assertThat(config.stages().subList(2, 4))
        .allSatisfy(stage -> {
          StageConfig.Cpu cpu = (StageConfig.Cpu) stage;
          assertThat(cpu.batch()).isEqualTo(BatchSize.of(7));
          assertThat(cpu.workers().fixed()).hasValue(1);
          assertThat(cpu.on()).isEqualTo(Placement.INLINE);
        });
  }

  @Test
  void takes_sql_for_a_cpu_stage_that_is_written_shorter() {
    String text =
        PLANT.replace(
            "sinks:",
            "  - { name: more, sql: select * from batch, tables: { a: a.csv, b: b.parquet } }\n"
                + "sinks:");
    StageConfig.Cpu more = cpu(parse(text, "on=threads", "stages.more.batch=7"));
    assertThat(more.cpu()).isEqualTo("io.forebay.functions.sql.Sql");
    assertThat(more.parameters())
        .isEqualTo(Map.of("sql", "select * from batch", "tables", "a = a.csv, b = b.parquet"));
    assertThat(more.on()).isEqualTo(Placement.THREADS);
    assertThat(more.batch()).isEqualTo(BatchSize.of(7));
    assertThat(more.timeout()).isEmpty();
  }

  @Test
  void override_makes_mappings_that_are_not_there() {
    PipelineConfig config =
        parse(PLANT.replaceFirst("(?m)^forebay.*\n", ""), "forebay.slots=8", "ordered=true");
    assertThat(config.forebaySize()).isEqualTo(new ForebayConfig(8, new ByteSize(1 << 20)));
    assertThat(config.ordered()).isTrue();
  }

  @Test
  void override_takes_yaml_values_and_the_last_one_wins() {
    PipelineConfig config =
        parse(
            PLANT,
            "sources.replay.path=a.csv",
            "sources.replay.path=b=c.csv",
            "sources.replay.format=csv",
            "sources.replay.fields={x: int32}");
    SourceConfig.File file = (SourceConfig.File) config.sources().getLast();
    assertThat(file.path()).isEqualTo("b=c.csv");
    assertThat(file.fields()).isEqualTo(Map.of("x", new FieldType(ColumnType.INT32, false)));
  }

  @Test
  void puts_secrets_in_when_they_are_referred_to() throws IOException {
    Path secret = Files.writeString(workingDirectory.resolve("secret"), "s3cret\n");
    String text =
        PLANT
            .replace("readings.jsonl", "'${env:FOLDER}/$${x}/${file:" + secret + "}'")
            .replace("records: 12500", "records: '${env:COUNT}'");
    PipelineConfig config = parse(text);
    assertThat(((SourceConfig.File) config.sources().getLast()).path()).isEqualTo("in/${x}/s3cret");
    assertThat(((SourceConfig.Simulated) config.sources().getFirst()).records()).isEqualTo(12);
  }

  @Test
  void expands_aliases_and_overrides_one_place_alone() {
    String text =
        PLANT
            .replace("threads: 4", "threads: 4, parameters: &p { a: b }")
            .replace("parameters: { column: value, limit: 12 }", "parameters: *p");
    PipelineConfig config = parse(text, "stages.features.parameters.a=c");
    assertThat(config.stages().get(1).parameters()).isEqualTo(Map.of("a", "b"));
    assertThat(cpu(config).parameters()).isEqualTo(Map.of("a", "c"));
  }

  @Test
  void refuses_a_file_of_more_than_one_mebibyte() {
    assertThatThrownBy(() -> parse(PLANT + "#" + "x".repeat(1 << 20)))
        .isInstanceOf(InvalidPipelineFileException.class)
        .hasMessageContaining("plant.yaml: has more than 1 MiB");
  }

  @Test
  void refuses_deep_nesting_without_overflowing_the_stack() {
    assertThatThrownBy(() -> parse("name: " + "[".repeat(500_000)))
        .isInstanceOf(InvalidPipelineFileException.class)
        .hasMessageContaining("nests deeper than 32 levels");
    assertThatThrownBy(() -> parse("name: " + "{a: ".repeat(100) + "}".repeat(100)))
        .isInstanceOf(InvalidPipelineFileException.class)
        .hasMessageContaining("nests deeper than 32 levels");
    StringBuilder indented = new StringBuilder();
    for (int depth = 0; depth < 1_300; depth++) {
      indented.append(" ".repeat(depth)).append("a:\n");
    }
    assertThatThrownBy(() -> parse(indented.toString()))
        .isInstanceOf(InvalidPipelineFileException.class);
  }

  @Test
  void refuses_aliases_that_multiply() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThatThrownBy(() -> parse(bomb.toString()))
        .isInstanceOf(InvalidPipelineFileException.class)
        .hasMessageContaining("aliases");
  }

  @Test
  void refuses_a_collection_that_holds_itself() {
    assertThatThrownBy(() -> parse("name: &a [*a]"))
        .isInstanceOf(InvalidPipelineFileException.class);
  }

  @Test
  void refuses_a_path_that_leaves_the_working_directory_through_a_link() throws IOException {
    Files.createSymbolicLink(workingDirectory.resolve("link"), Path.of("/etc"));
    String text = PLANT.replace("root: /", "").replace("readings.jsonl", "link/hosts");
    assertThatThrownBy(() -> parse(text))
        .hasMessageContaining("'link/hosts' lies outside the working directory");
    assertThat(parse(text + "root: /etc\n").root()).hasValue("/etc");
  }

  @Test
  void says_that_the_file_is_not_there_or_not_text() throws IOException {
    assertThatThrownBy(() -> PipelineFile.read(Path.of("no-such.yaml"), List.of()))
        .hasMessage("no-such.yaml: there is no such file");
    assertThatThrownBy(() -> PipelineFile.read(workingDirectory, List.of()))
        .hasMessage(workingDirectory + ": is a folder, not a file");
    Path binary = Files.write(workingDirectory.resolve("b.yaml"), new byte[] {(byte) 0xff, 1});
    assertThatThrownBy(() -> PipelineFile.read(binary, List.of()))
        .hasMessage(binary + ": is not UTF-8 text");
  }

  @Test
  void reads_the_keys_that_all_sources_and_all_sinks_have() {
    PipelineConfig config =
        parse(
            """
            name: p
            sources:
              - { name: a, type: simulated, records: 1, spool: { path: spool/a, size: 2MiB } }
              - { name: b, type: simulated, records: 1 }
            sinks:
              - { type: jsonl, path: out.jsonl, whenSlow: spool, spool: { path: spool/out } }
              - { type: jsonl, path: other.jsonl, whenSlow: block }
            delivery: at-least-once
            """);

    assertThat(config.attached().of(config.sources().get(0)).spool())
        .contains(new SpoolConfig("spool/a", new ByteSize(2 << 20)));
    assertThat(config.attached().of(config.sources().get(1)).spool()).isEmpty();
    assertThat(config.attached().of(config.sinks().get(0)))
        .isEqualTo(
            new SinkDelivery(
                Optional.empty(),
                WhenSlow.SPOOL,
                Optional.of(new SpoolConfig("spool/out", new ByteSize(1 << 30)))));
    assertThat(config.attached().of(config.sinks().get(1)).whenSlow()).isEqualTo(WhenSlow.BLOCK);
    assertThat(config.delivery()).contains(Delivery.AT_LEAST_ONCE);
  }
}
