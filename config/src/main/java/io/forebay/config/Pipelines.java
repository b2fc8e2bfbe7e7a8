package io.forebay.config;

import io.forebay.ConfigurationException;
import io.forebay.Field;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.Source;
import io.forebay.connectors.file.CsvSink;
import io.forebay.connectors.file.FileSource;
import io.forebay.connectors.file.JsonlDeadLetters;
import io.forebay.connectors.file.JsonlSink;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineBuilder;
import io.forebay.engine.SimulatedSource;
import io.forebay.engine.Stage;
import io.forebay.workers.FunctionSpec;
import io.forebay.workers.PythonSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes pipelines from pipeline files. */
public final class Pipelines {
  private Pipelines() {}

  /**
   * A pipeline that can be started, and what can be said about it before.
   *
   * @param notices sentences for the person who starts it: inferred fields, what is guaranteed
   */
  public record Prepared(Pipeline pipeline, List<String> notices) {}

  /**
   * The pipeline that the file describes, checked and not started.
   *
   * @throws ConfigurationException in one sentence
   */
  public static Pipeline build(PipelineConfig config) {
    return prepare(config, false).pipeline();
  }

  /**
   * The pipeline that the file describes, checked and not started.
   *
   * @param fresh whether to ignore what an unfinished run has left
   * @throws ConfigurationException in one sentence
   */
  public static Prepared prepare(PipelineConfig config, boolean fresh) {
    UserClassPath.add(config.classPath());
    List<Source> opened = new ArrayList<>();
    try {
      return prepare(config, fresh, opened);
    } catch (RuntimeException | Error e) {
      opened.forEach(source -> closeAfter(source, e));
      throw e;
    }
  }

  private static Prepared prepare(PipelineConfig config, boolean fresh, List<Source> opened) {
    List<String> notices = new ArrayList<>();
    StringBuilder identity = new StringBuilder();
    ForebayConfig forebay = config.forebaySize();
    PipelineBuilder builder =
        Pipeline.builder(config.name())
            .forebay(forebay.slots(), forebay.slotSize().bytes())
            .ordered(config.ordered())
            .maxLatency(config.maxLatency())
            .linger(config.linger())
            .window(config.window())
            .fresh(fresh);
    for (SourceConfig each : config.sources()) {
      Source source = source(each, notices);
      opened.add(source);
      builder.source(each.name(), source);
      identity.append(identity(each)).append('\n');
    }
    for (StageConfig stage : config.stages()) {
      builder.stage(stage(stage));
    }
    boolean effectivelyOnce = config.ordered();
    for (SinkConfig each : config.sinks()) {
      Sink sink = sink(each);
      effectivelyOnce &= sink.effectivelyOnce();
      builder.sink(each.label(), sink);
      identity.append(each).append('\n');
    }
    builder.deadLetters(JsonlDeadLetters.to(config.deadLetterPath()));
    identity.append(config.deadLetterPath());
    boolean repeatable = opened.stream().allMatch(Source::repeatable);
    notices.add(guarantee(repeatable, effectivelyOnce));
    return new Prepared(builder.identity(identity.toString()).build(), List.copyOf(notices));
  }

  /** What decides which records a source has; its speed does not. */
  private static SourceConfig identity(SourceConfig config) {
    return switch (config) {
      case SourceConfig.Simulated s ->
          new SourceConfig.Simulated(s.name(), s.sensors(), s.records(), 0, s.seed());
      case SourceConfig.File file -> file;
    };
  }

  private static void closeAfter(Source source, Throwable failure) {
    try {
      source.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static String guarantee(boolean repeatable, boolean effectivelyOnce) {
    if (!repeatable) {
      return "Delivery: once while Forebay runs; a source cannot be read again, so a crash of"
          + " Forebay loses what is in flight.";
    }
    return effectivelyOnce
        ? "Delivery: effectively once; after a crash the same command goes on where it stopped."
        : "Delivery: at least once; after a crash records may be delivered twice.";
  }

  private static Source source(SourceConfig config, List<String> notices) {
    return switch (config) {
      case SourceConfig.Simulated simulated ->
          new SimulatedSource(
              simulated.sensors(), simulated.records(), simulated.rate(), simulated.seed());
      case SourceConfig.File file -> {
        FileSource.Builder builder = FileSource.builder(file.path());
        file.format().ifPresent(builder::format);
        file.separator().ifPresent(builder::separator);
        if (!file.fields().isEmpty()) {
          builder.fields(schema(file.fields()));
        }
        FileSource source = builder.build();
        source
            .inferredFields()
            .ifPresent(fields -> notices.add("Source '" + file.name() + "' has " + fields));
        yield source;
      }
    };
  }

  private static Schema schema(Map<String, FieldType> types) {
    List<Field> fields = new ArrayList<>();
    types.forEach((name, type) -> fields.add(new Field(name, type.type(), type.nullable())));
    return Schema.of(fields);
  }

  private static Stage stage(StageConfig config) {
    FunctionSpec function =
        new FunctionSpec(config.function(), config.parameters(), python(config));
    return switch (config) {
      case StageConfig.Async async ->
          Stage.async(async.name(), function)
              .concurrency(async.concurrency())
              .timeout(async.timeout());
      case StageConfig.Blocking blocking ->
          Stage.blocking(blocking.name(), function).threads(blocking.threads());
      case StageConfig.Cpu cpu ->
          Stage.cpu(cpu.name(), function)
              .on(cpu.on())
              .workers(cpu.workers().fixed().orElse(Stage.Cpu.PHYSICAL_CORES))
              .batch(cpu.batch())
              .timeout(cpu.timeout().orElse(StageConfig.Cpu.TIMEOUT))
              .memory(cpu.memory().orElse(StageConfig.Cpu.MEMORY).bytes());
    };
  }

  private static PythonSettings python(StageConfig config) {
    if (!(config instanceof StageConfig.Cpu cpu) || !cpu.isPython()) {
      return PythonSettings.DEFAULT;
    }
    return new PythonSettings(
        cpu.python().orElse(PythonSettings.DEFAULT.interpreter()),
        cpu.pythonPath().stream().map(Path::of).toList(),
        cpu.outputs().isEmpty() ? Optional.empty() : Optional.of(schema(cpu.outputs())),
        cpu.rows().orElse(PythonSettings.DEFAULT.rows()));
  }

  private static Sink sink(SinkConfig config) {
    return switch (config) {
      case SinkConfig.Jsonl jsonl -> JsonlSink.to(jsonl.path());
      case SinkConfig.Csv csv -> {
        CsvSink sink = CsvSink.to(csv.path());
        csv.separator().ifPresent(sink::separator);
        yield csv.dropExtras() ? sink.dropExtras() : sink;
      }
      case DuckDbSinkConfig table -> table.sink();
      case ParquetSinkConfig folder -> folder.sink();
    };
  }
}
