package io.forebay.cli;

import io.forebay.cli.log.LogLevel;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.model.TelemetryConfig;
import io.forebay.config.secrets.Secret;
import io.forebay.config.secrets.Secrets;
import io.forebay.engine.Pipeline;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.observe.OtlpAddress;
import io.forebay.observe.Summary;
import io.forebay.otel.Telemetry;
import io.forebay.otel.TelemetrySettings;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What sends a run's metrics and traces over OTLP, if that is wanted. */
final class RunTelemetry implements AutoCloseable {
  private final Optional<Telemetry> telemetry;

  private RunTelemetry(Optional<Telemetry> telemetry) {
    this.telemetry = telemetry;
  }

  /**
   * Sends where the command line says, else where the file does, else where the environment does,
   * else nowhere.
   *
   * @param option {@code --otlp}; the file's token is sent there too
   * @throws io.forebay.errors.ConfigurationException in one sentence, if that makes no sense
   */
  static RunTelemetry open(PipelineConfig config, Optional<String> option, Terminal terminal) {
    TelemetrySettings settings =
        new TelemetrySettings(
            option.or(() -> config.telemetry().map(TelemetryConfig::otlp)).map(OtlpAddress::new),
            config.telemetry().flatMap(TelemetryConfig::token).map(Secret::value));
    Map<String, String> environment = System.getenv();
    if (!settings.isWanted(environment)) {
      return new RunTelemetry(Optional.empty());
    }
    Secrets secrets = config.attached().secrets();
    settings.secrets(environment).forEach(secrets::add);
    return new RunTelemetry(
        Optional.of(
            Telemetry.open(
                settings,
                environment,
                secrets::hide,
                sentence -> terminal.say(LogLevel.WARN, "forebay: " + sentence))));
  }

  /** Follows the batches of a pipeline that is not started yet. */
  void follow(Pipeline pipeline, String name) {
    telemetry.ifPresent(sends -> pipeline.traceWith(sends.tracing(name)));
  }

  /** Sends the metrics of the pipeline, which was started, and says where. */
  void show(Pipeline pipeline, LiveDiagnosis diagnosis, Consumer<String> human) {
    telemetry.ifPresent(sends -> {
      sends.show(pipeline::snapshot, diagnosis);
      human.accept("metrics and traces go to " + sends.receiver());
    });
  }

  /** Sends how it ended. */
  void end(Summary summary) {
    telemetry.ifPresent(sends -> sends.end(summary.run()));
  }

  @Override
  public void close() {
    telemetry.ifPresent(Telemetry::close);
  }
}
