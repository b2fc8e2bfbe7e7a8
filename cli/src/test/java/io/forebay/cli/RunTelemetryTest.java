package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run says of a receiver of its metrics, in a process of its own. */
final class RunTelemetryTest {
  private static final String NOBODY = "http://127.0.0.1:1";

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("token"), "canary-9/xy");
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        sources: [{ name: in, type: simulated, sensors: 1, records: 100 }]
        stages: []
        sinks: [{ type: jsonl, path: out.jsonl }]
        telemetry: { otlp: "%s", token: "${file:token}" }
        """
            .formatted(NOBODY));
  }

  @Test
  void a_run_whose_receiver_is_not_there_delivers_everything_and_says_so_once() throws Exception {
    Forebay.Result result =
        Forebay.run(
            folder,
            Map.of("OTEL_EXPORTER_OTLP_HEADERS", "key=canary-8"),
            "run",
            "plant.yaml",
            "--no-progress");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(Files.readAllLines(folder.resolve("out.jsonl"))).hasSize(100);
    assertThat(result.out()).contains("metrics and traces go to " + NOBODY);
    assertThat(result.err().lines())
        .hasSize(1)
        .allMatch(line -> line.startsWith("forebay: ") && line.contains(NOBODY));
    assertThat(result.out() + result.err()).doesNotContain("canary");
  }

  @Test
  void what_cannot_be_an_address_starts_nothing() throws Exception {
    Forebay.Result option = Forebay.run(folder, "run", "plant.yaml", "--otlp", "collector");
    Forebay.Result file =
        Forebay.run(folder, "validate", "plant.yaml", "--set", "telemetry.otlp=ftp://h");
    Forebay.Result protocol =
        Forebay.run(folder, Map.of("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), "run", "plant.yaml");

    assertThat(option.exitCode()).isEqualTo(2);
    assertThat(option.err()).startsWith("forebay: 'collector' is no address").hasLineCount(1);
    assertThat(file.exitCode()).isEqualTo(2);
    assertThat(file.err()).contains("telemetry.otlp", "'ftp://h' is no address").hasLineCount(1);
    assertThat(protocol.exitCode()).isEqualTo(2);
    assertThat(protocol.err()).contains("grpc", "http/protobuf").hasLineCount(1);
    assertThat(folder.resolve("out.jsonl")).doesNotExist();
  }
}
