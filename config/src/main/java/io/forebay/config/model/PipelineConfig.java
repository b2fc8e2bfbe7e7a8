package io.forebay.config.model;

import io.forebay.config.sinks.SinkConfig;
import io.forebay.config.sources.SourceConfig;
import io.forebay.config.values.ByteSize;
import io.forebay.config.values.Key;
import io.forebay.engine.Delivery;
import io.forebay.engine.api.RejectionLimit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A pipeline file, read and checked.
 *
 * @param name the pipeline's name
 * @param classPath jars and folders with the user's classes
 * @param attached the keys that all sources and all sinks have
 * @param root the folder beside the working directory under which files may lie
 */
public record PipelineConfig(
    @Key("The pipeline's name: letters, digits, `-` and `_`.") String name,
    @Key(value = "Where records come from.", min = 1) List<SourceConfig> sources,
    @Key(value = "The bounded buffer between sources and stages.", otherwise = "32 slots of 1 MiB")
        Optional<ForebayConfig> forebay,
    @Key("What is done with the records, in this order.") List<StageConfig> stages,
    @Key(value = "Where records go; each sink gets all of them.", min = 1) List<SinkConfig> sinks,
    @Key(
            value = "Where the records go that could not be read or were rejected.",
            otherwise =
                "the first sink's path, or the pipeline's name, with `.rejected.jsonl` behind it")
        Optional<DeadLetterConfig> deadLetter,
    @Key(
            value =
                "Whether the records of a source keep their order; `false` lets batches overtake.",
            byDefault = "true")
        boolean ordered,
    @Key(
            value = "The longest time from reading a record to writing it that batches aim at.",
            byDefault = "1s",
            min = 1)
        Duration maxLatency,
    @Key(
            value = "The longest time that a record waits for others to share its batch.",
            byDefault = "50ms")
        Duration linger,
    @Key(
            value =
                "How many records of a source's partition may be read and not yet acknowledged: the"
                    + " most that can arrive twice after a crash.",
            byDefault = "1048576",
            min = 1)
        int window,
    @Key(
            value =
                "How many records may go to dead letter before the run ends with exit code 1, what"
                    + " is not committed left to the next run: a number, a share such as `5%` (from"
                    + " the thousandth record on, and at the end), or `none` for any number.",
            otherwise = "any number, unless every one of the first 1,000 was rejected")
        Optional<RejectionLimit> maxRejected,
    @Key(
            value =
                "A folder under which files may lie besides the working directory; `/` allows all.",
            otherwise = "only files under the working directory")
        Optional<String> root,
    @Key("Jars and folders in which functions are looked for, besides Forebay's own.")
        List<String> classPath,
    @Key(
            value =
                "What must hold across crashes; a file that cannot give it is refused. Without it,"
                    + " what holds is printed at the start.",
            otherwise = "what the sources and sinks can give")
        Optional<Delivery> delivery,
    @Key(
            value = "Where the pipeline shows itself while it runs, as `--dashboard` does.",
            otherwise = "nowhere")
        Optional<DashboardConfig> dashboard,
    @Key(
            value = "Where metrics and traces are sent while it runs, as `--otlp` does.",
            otherwise = "nowhere, or where the variable OTEL_EXPORTER_OTLP_ENDPOINT says")
        Optional<TelemetryConfig> telemetry,
    Attached attached) {

  public PipelineConfig {
    stages =
        stages.stream()
            .map(stage -> stage instanceof StageConfig.Sql sql ? sql.written() : stage)
            .toList();
  }

  /** The same, with the modules of Python functions looked for in this folder first. */
  public PipelineConfig beside(String folder) {
    List<StageConfig> besides =
        stages.stream()
            .map(stage ->
                stage instanceof StageConfig.Cpu cpu && cpu.isPython()
                    ? cpu.besides(folder)
                    : stage)
            .toList();
    return new PipelineConfig(
        name,
        sources,
        forebay,
        besides,
        sinks,
        deadLetter,
        ordered,
        maxLatency,
        linger,
        window,
        maxRejected,
        root,
        classPath,
        delivery,
        dashboard,
        telemetry,
        attached);
  }

  /** The forebay's size. */
  public ForebayConfig forebaySize() {
    return forebay.orElseGet(() -> new ForebayConfig(32, new ByteSize(1 << 20)));
  }

  /** Where the open windows of a stage are kept: as declared, or beside the first sink. */
  public String statePath(StageConfig.Windowed stage) {
    return stage.state().orElseGet(() -> besideFirstSink(".state"));
  }

  private String besideFirstSink(String suffix) {
    String first = sinks.getFirst().file().orElse("-");
    return (first.equals("-") ? name : first) + suffix;
  }

  /** Where dead letters go: as declared, or beside the first sink. */
  public String deadLetterPath() {
    return deadLetter
        .map(DeadLetterConfig::path)
        .orElseGet(() -> besideFirstSink(".rejected.jsonl"));
  }
}
