package io.forebay.dashboard;

import io.forebay.observe.Json;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.observe.Status;
import io.forebay.observe.Summary;
import io.forebay.snapshot.PipelineSnapshot;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What there is to be seen: the last snapshot, the seconds before it, and how it ended. Each view
 * is rendered when it is first asked for after a snapshot, and then given to everybody. Used by the
 * dashboard's loop only.
 */
final class Board {
  /** What can be asked for. */
  enum View {
    STATUS("application/json"),
    EVENT("text/event-stream"),
    HEALTH("application/json"),
    METRICS(PrometheusTextFormatWriter.CONTENT_TYPE),
    OPEN_METRICS(OpenMetricsTextFormatWriter.CONTENT_TYPE);

    final String contentType;

    View(String contentType) {
      this.contentType = contentType;
    }
  }

  private static final ExpositionFormatWriter PROMETHEUS = PrometheusTextFormatWriter.create();
  private static final ExpositionFormatWriter OPEN_METRICS = OpenMetricsTextFormatWriter.create();

  private final UnaryOperator<String> texts;
  private final Exposition exposition;
  private final Map<View, Buffer> rendered = new EnumMap<>(View.class);
  private Status status = new Status(new LiveDiagnosis());

  /**
   * An empty board.
   *
   * @param texts applied to each text that is shown: hides secrets
   */
  Board(UnaryOperator<String> texts) {
    this.texts = texts;
    this.exposition = new Exposition(texts);
  }

  /** Whose judgement is shown: that of the run. Before anything is put. */
  void judgedBy(LiveDiagnosis ofRun) {
    status = new Status(ofRun);
  }

  /** From now on this is shown. */
  void put(PipelineSnapshot now) {
    status.put(now);
    rendered.clear();
  }

  /** What is shown from the end of the run on. */
  void end(Summary summary) {
    status.end(summary);
    rendered.clear();
  }

  Health health() {
    return Health.of(status.last(), status.hasEnded());
  }

  /** A view; empty while the pipeline is starting, but for its health. */
  Optional<Buffer> show(View view) {
    if (status.isEmpty() && view != View.HEALTH) {
      return Optional.empty();
    }
    return Optional.of(rendered.computeIfAbsent(view, this::render));
  }

  private Buffer render(View view) {
    return switch (view) {
      case STATUS -> Buffer.buffer(status());
      // A text in JSON has no line breaks of its own, so each line may lose its indentation.
      case EVENT ->
          Buffer.buffer(
              "data: "
                  + status().lines().map(String::strip).collect(Collectors.joining())
                  + "\n\n");
      case HEALTH -> Buffer.buffer(Json.write(health().values(), texts));
      case METRICS -> metrics(PROMETHEUS);
      case OPEN_METRICS -> metrics(OPEN_METRICS);
    };
  }

  private String status() {
    Map<String, Object> json = status.values();
    json.put("health", health().values());
    return Json.write(json, texts);
  }

  private Buffer metrics(ExpositionFormatWriter writer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PipelineSnapshot last = Objects.requireNonNull(status.last());
      writer.write(out, exposition.of(last, status.diagnosis()));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing in memory fails
    }
    return Buffer.buffer(out.toByteArray());
  }
}
