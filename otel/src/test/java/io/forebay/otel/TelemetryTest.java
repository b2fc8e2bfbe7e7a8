package io.forebay.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.errors.ConfigurationException;
import io.forebay.functions.LectureFeatures;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.observe.OtlpAddress;
import io.forebay.snapshot.Placement;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.common.CompletableResultCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class TelemetryTest {
  private static final long RECORDS = 4_000;

  private final List<String> said = new CopyOnWriteArrayList<>();

  private static TelemetrySettings to(String url) {
    return new TelemetrySettings(Optional.of(new OtlpAddress(url)), Optional.of("s3cret"));
  }

  /** Runs a pipeline that sends to this address; how long its end took. */
  private Duration run(String url) throws InterruptedException {
    Telemetry telemetry =
        Telemetry.open(to(url), Map.of(), text -> text.replace("hidden", "***"), said::add);
    PipelineResult result;
    try (Pipeline pipeline =
        Pipeline.builder("plant")
            .source("in", new SimulatedSource(4, RECORDS / 4, 0, 1))
            .stage(Stage.cpu("hidden-features", LectureFeatures.class).on(Placement.INLINE))
            .sink("out", new RecordingSink())
            .deadLetters(new RecordingDeadLetters())
            .build()) {
      pipeline.traceWith(telemetry.tracing("plant"));
      pipeline.start();
      telemetry.show(pipeline::snapshot, new LiveDiagnosis());
      result = pipeline.await();
    }
    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
    assertThat(result.snapshot().records().delivered()).isEqualTo(RECORDS);
    long began = System.nanoTime();
    telemetry.end(result.snapshot());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  @Test
  void sends_what_a_scrape_shows_and_the_way_of_a_batch() throws Exception {
    try (Receiver receiver = new Receiver(200)) {
      run(receiver.url());

      assertThat(said).isEmpty();
      assertThat(receiver.headers).containsEntry("Authorization", "Bearer s3cret");
      Map<String, List<Double>> values = receiver.values();
      assertThat(values)
          .containsEntry("forebay_records_read_total", List.of((double) RECORDS))
          .containsEntry("forebay_records_delivered_total", List.of((double) RECORDS))
          .containsEntry("forebay_stage_records_in_total", List.of((double) RECORDS))
          .containsKeys("forebay_slots", "forebay_elapsed_seconds_total", "forebay_sink_up");
      assertThat(receiver.metrics.toString()).contains("***-features").doesNotContain("hidden");
      List<Span> batches =
          receiver.spans.stream().filter(span -> span.getParentSpanId().isEmpty()).toList();
      assertThat(batches).isNotEmpty().allMatch(span -> span.getName().equals("batch"));
      Span batch = batches.getFirst();
      List<Span> below =
          receiver.spans.stream()
              .filter(span -> span.getParentSpanId().equals(batch.getSpanId()))
              .toList();
      assertThat(below)
          .extracting(Span::getName)
          .containsExactlyInAnyOrder("stage ***-features", "sinks");
      assertThat(below)
          .allMatch(span -> span.getTraceId().equals(batch.getTraceId()))
          .allMatch(span -> span.getStartTimeUnixNano() <= span.getEndTimeUnixNano())
          .allMatch(span -> span.getEndTimeUnixNano() <= batch.getEndTimeUnixNano());
      assertThat(below.toString()).contains("forebay.service_seconds", "forebay.rows");
    }
  }

  @Test
  void holds_nobody_up_when_the_receiver_never_answers() throws Exception {
    try (ServerSocket stuck = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Duration took = run("http://127.0.0.1:" + stuck.getLocalPort());

      assertThat(took).isBetween(Duration.ofMillis(900), Duration.ofSeconds(5));
      assertThat(said)
          .hasSize(1)
          .allMatch(sentence -> sentence.contains("within a second"))
          .noneMatch(sentence -> sentence.contains("s3cret"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"500", "refused", "unknown"})
  void says_in_one_sentence_why_nothing_arrives(String how) throws Exception {
    try (Receiver receiver = new Receiver(500)) {
      String url =
          switch (how) {
            case "500" -> receiver.url();
            case "refused" -> "http://127.0.0.1:" + unused();
            default -> "http://no-such-host.invalid:4318";
          };
      run(url);

      assertThat(said)
          .hasSize(1)
          .allMatch(sentence -> sentence.contains(url) && sentence.contains("lost"))
          .noneMatch(sentence -> sentence.contains("s3cret"));
    }
  }

  private static int unused() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void trouble_is_said_once_a_minute_and_its_end_once() {
    AtomicLong clock = new AtomicLong();
    List<String> sentences = new ArrayList<>();
    Trouble trouble = new Trouble("http://r", clock::get, sentences::add);

    trouble.watch(CompletableResultCode.ofSuccess());
    assertThat(sentences).isEmpty();
    trouble.watch(CompletableResultCode.ofExceptionalFailure(new IOException("no way")));
    trouble.watch(CompletableResultCode.ofFailure());
    assertThat(sentences).singleElement().asString().contains("http://r", "no way", "start the");
    clock.addAndGet(Trouble.QUIET_NANOS);
    trouble.watch(CompletableResultCode.ofFailure());
    assertThat(sentences).hasSize(2);
    trouble.watch(CompletableResultCode.ofSuccess());
    trouble.watch(CompletableResultCode.ofSuccess());
    assertThat(sentences).hasSize(3).last().asString().contains("again");
  }

  @Test
  void is_wanted_by_an_address_or_by_the_environment() {
    TelemetrySettings none = new TelemetrySettings(Optional.empty(), Optional.empty());
    Map<String, String> standard = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://h:4318");

    assertThat(none.isWanted(Map.of())).isFalse();
    assertThat(none.isWanted(standard)).isTrue();
    assertThat(to("http://h:4318").isWanted(Map.of())).isTrue();
    assertThat(to("http://h:4318").isWanted(Map.of("OTEL_SDK_DISABLED", "true"))).isFalse();
    assertThat(to("http://h").secrets(Map.of("OTEL_EXPORTER_OTLP_HEADERS", "a=xy12,b=zz34")))
        .containsExactly("s3cret", "xy12", "zz34");
  }

  @ParameterizedTest
  @ValueSource(strings = {"host:4318", "grpc://h:1", "http://", "http://h:4318/?q=1", "no url"})
  void refuses_what_is_no_address(String url) {
    assertThatThrownBy(() -> to(url))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'" + url + "'")
        .hasMessageContaining("http://127.0.0.1:4318");
  }

  @Test
  void refuses_a_login_in_the_address_without_showing_it() {
    assertThatThrownBy(() -> to("http://me:pass-word@h:4318"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("OTEL_EXPORTER_OTLP_HEADERS")
        .hasMessageNotContaining("pass-word");
  }
}
