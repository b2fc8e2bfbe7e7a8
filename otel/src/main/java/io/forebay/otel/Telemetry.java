package io.forebay.otel;

import io.forebay.dashboard.Exposition;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.events.BatchTracing;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.snapshot.PipelineSnapshot;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Sends a pipeline's metrics and spans over OTLP, on threads of its own. Everything that waits to
 * be sent is bounded and thrown away where it is not taken. May be used by any thread.
 */
public final class Telemetry implements AutoCloseable {
  /** How long the end of a run waits for what is still to be sent. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final String SCOPE = "io.forebay";
  private static final int TRACES_A_SECOND = 10;

  /** What it says is said by {@link Trouble}, once; kept, so that it stays quiet. */
  private static final Logger SDK = Logger.getLogger("io.opentelemetry");

  static {
    if (SDK.getLevel() == null) { // Nobody has asked for it.
      SDK.setLevel(Level.OFF);
    }
  }

  private final OpenTelemetrySdk sdk;
  private final boolean sampled;
  private final String receiver;
  private final UnaryOperator<String> texts;
  private final Consumer<String> say;
  private volatile Supplier<PipelineSnapshot> pipeline;
  private boolean closed;

  private Telemetry(
      OpenTelemetrySdk sdk,
      boolean sampled,
      String receiver,
      UnaryOperator<String> texts,
      Consumer<String> say) {
    this.sdk = sdk;
    this.sampled = sampled;
    this.receiver = receiver;
    this.texts = texts;
    this.say = say;
    this.pipeline =
        () -> {
          throw new IllegalStateException("nothing is shown");
        };
  }

  /**
   * Makes what sends; nothing is sent yet.
   *
   * @param texts applied to each text that is sent or said: hides secrets
   * @param say is told once in a while that nothing can be sent
   * @throws ConfigurationException in one sentence, if a setting makes no sense
   */
  public static Telemetry open(
      TelemetrySettings settings,
      Map<String, String> environment,
      UnaryOperator<String> texts,
      Consumer<String> say) {
    String endpoint = settings.addresses(environment).getFirst().url();
    Trouble trouble =
        new Trouble(endpoint, System::nanoTime, sentence -> say.accept(texts.apply(sentence)));
    try {
      AutoConfiguredOpenTelemetrySdk made =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesSupplier(TelemetrySettings::defaults)
              .addPropertiesCustomizer(properties ->
                  settings.overrides(
                      Optional.ofNullable(properties.getString("otel.exporter.otlp.headers"))
                          .orElse("")))
              .addPropertiesCustomizer(Telemetry::refuseOthers)
              .addMetricExporterCustomizer(
                  (exporter, _) -> new WatchedMetricExporter(exporter, trouble))
              .addSpanExporterCustomizer(
                  (exporter, _) -> new WatchedSpanExporter(exporter, trouble))
              .build();
      boolean sampled = environment.containsKey("OTEL_TRACES_SAMPLER");
      return new Telemetry(made.getOpenTelemetrySdk(), sampled, endpoint, texts, say);
    } catch (io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException
        | IllegalArgumentException e) {
      throw new ConfigurationException(
          texts.apply(
              "nothing can be sent over OTLP ("
                  + e.getMessage()
                  + "), so nothing was started: correct the variables OTEL_… or telemetry"),
          e);
    }
  }

  private static Map<String, String> refuseOthers(ConfigProperties properties) {
    for (String signal : List.of("", "metrics.", "traces.")) {
      String protocol = properties.getString("otel.exporter.otlp." + signal + "protocol");
      if (protocol != null && !protocol.equals("http/protobuf")) {
        throw new io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException(
            "the protocol is " + protocol + ", and only http/protobuf is spoken, at port 4318");
      }
    }
    return Map.of();
  }

  /** Where it sends to. */
  public String receiver() {
    return texts.apply(receiver);
  }

  /** What follows the batches of a pipeline with this name. */
  public BatchTracing tracing(String name) {
    long epoch = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    long origin = System.nanoTime();
    LongSupplier now = () -> epoch + (System.nanoTime() - origin);
    return new BatchSpans(sdk.getTracer(SCOPE), name, now, texts, sampled ? 0 : TRACES_A_SECOND);
  }

  /** From now on this pipeline's metrics are sent; it was started. */
  public void show(Supplier<PipelineSnapshot> running, LiveDiagnosis live) {
    pipeline = running;
    Exposition exposition = new Exposition(texts);
    SnapshotMetrics.register(sdk.getMeter(SCOPE), () -> look(exposition, live));
  }

  /** Not by two threads at a time, as at the end. */
  private synchronized MetricSnapshots look(Exposition exposition, LiveDiagnosis live) {
    PipelineSnapshot snapshot = pipeline.get();
    return exposition.of(snapshot, Optional.of(live.observe(snapshot)));
  }

  /** Sends how it ended, and waits for that no longer than a second. */
  public void end(PipelineSnapshot last) {
    pipeline = () -> last;
    close();
  }

  /** Sends what is left, and waits for that no longer than a second. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    // Its own way to end waits for what is under way, which may never come.
    Thread sending = Thread.ofPlatform().daemon().name("forebay-otlp-end").start(sdk::close);
    try {
      if (!sending.join(PATIENCE)) {
        say.accept(
            texts.apply(
                "the last metrics and traces did not reach "
                    + receiver
                    + " within a second: they are lost, what was delivered is not"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
