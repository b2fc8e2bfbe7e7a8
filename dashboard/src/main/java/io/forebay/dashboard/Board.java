package io.forebay.dashboard;

import io.forebay.observe.Diagnosis;
import io.forebay.observe.DiagnosisJson;
import io.forebay.observe.Json;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.observe.Recent;
import io.forebay.observe.Summary;
import io.forebay.snapshot.PipelineSnapshot;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What there is to be seen: the last snapshot, the seconds before it, and how it ended. Each view
 * is rendered when it is first asked for after a snapshot, and then given to everybody. Used by the
 * dashboard's loop only.
 */
final class Board {
  /** Rates and shares are of so many seconds: records count when they are committed, in groups. */
  private static final int RECENT_SNAPSHOTS = 5;

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
  private final ArrayDeque<PipelineSnapshot> recent = new ArrayDeque<>();
  private final Map<View, Buffer> rendered = new EnumMap<>(View.class);
  private LiveDiagnosis live = new LiveDiagnosis();
  private @Nullable Diagnosis diagnosis;
  private @Nullable Summary ended;

  /**
   * An empty board.
   *
   * @param texts applied to each text that is shown: hides secrets
   */
  Board(UnaryOperator<String> texts) {
    this.texts = texts;
    this.exposition = new Exposition(texts);
  }

  /** Whose judgement is shown: that of the run. */
  void judgedBy(LiveDiagnosis ofRun) {
    live = ofRun;
  }

  /** From now on this is shown. */
  void put(PipelineSnapshot now) {
    recent.addLast(now);
    if (recent.size() > RECENT_SNAPSHOTS + 1) {
      recent.removeFirst();
    }
    diagnosis = live.observe(now);
    rendered.clear();
  }

  /** What is shown from the end of the run on. */
  void end(Summary summary) {
    ended = summary;
    put(summary.run());
  }

  Health health() {
    return Health.of(recent.peekLast(), ended != null);
  }

  /** A view; empty while the pipeline is starting, but for its health. */
  Optional<Buffer> show(View view) {
    if (recent.isEmpty() && view != View.HEALTH) {
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

  /** The summary as it would be now, with what only somebody who looks on wants to know. */
  private String status() {
    Summary ending = ended;
    PipelineSnapshot last = recent.getLast();
    Summary summary = ending == null ? new Summary(last, "running", "", live.causes(last)) : ending;
    Map<String, Object> json = summary.values();
    Map<String, Object> lately = Recent.between(recent.getFirst(), last).values();
    if (diagnosis != null) {
      lately.put("diagnosis", DiagnosisJson.of(diagnosis));
    }
    json.put("recent", lately);
    json.put("health", health().values());
    return Json.write(json, texts);
  }

  private Buffer metrics(ExpositionFormatWriter writer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writer.write(out, exposition.of(recent.getLast(), Optional.ofNullable(diagnosis)));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing in memory fails
    }
    return Buffer.buffer(out.toByteArray());
  }
}
