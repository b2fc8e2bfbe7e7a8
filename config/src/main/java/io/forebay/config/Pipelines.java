package io.forebay.config;

import io.forebay.ConfigurationException;
import io.forebay.Field;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.Source;
import io.forebay.connectors.file.CsvSink;
import io.forebay.connectors.file.DeadLetterSource;
import io.forebay.connectors.file.FileSource;
import io.forebay.connectors.file.JsonlDeadLetters;
import io.forebay.connectors.file.JsonlSink;
import io.forebay.engine.Guarantee;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineBuilder;
import io.forebay.engine.Stage;
import io.forebay.spool.SpooledSink;
import io.forebay.spool.SpooledSource;
import io.forebay.workers.FunctionSpec;
import io.forebay.workers.PythonSettings;
import io.forebay.workers.WorkerPriority;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

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
    List<String> notices = new ArrayList<>(config.attached().notices());
    StringBuilder identity = new StringBuilder();
    PipelineBuilder builder = builder(config).fresh(fresh);
    for (SourceConfig each : config.sources()) {
      Source source = spooled(source(each, config.name(), notices), config.attached().of(each));
      opened.add(source);
      builder.source(each.name(), source);
      identity.append(identity(each)).append('\n');
      config.attached().of(each).spool().ifPresent(s -> identity.append(s.path()).append('\n'));
    }
    for (StageConfig stage : config.stages()) {
      builder.stage(stage(stage));
    }
    for (SinkConfig each : config.sinks()) {
      Sink sink = spooled(sink(each, config.name()), config.attached().of(each));
      builder.sink(each.label(), sink);
      identity.append(each).append('\n');
      config.attached().of(each).spool().ifPresent(s -> identity.append(s.path()).append('\n'));
    }
    builder.deadLetters(deadLetters(config, config.deadLetterPath()));
    identity.append(config.deadLetterPath());
    config.delivery().ifPresent(builder::delivery);
    Pipeline pipeline = builder.identity(identity.toString()).build();
    notices.addAll(Guarantee.notices(pipeline.guarantees()));
    return new Prepared(pipeline, List.copyOf(notices));
  }

  private static PipelineBuilder builder(PipelineConfig config) {
    ForebayConfig forebay = config.forebaySize();
    return Pipeline.builder(config.name())
        .forebay(forebay.slots(), forebay.slotSize().bytes())
        .ordered(config.ordered())
        .maxLatency(config.maxLatency())
        .linger(config.linger())
        .window(config.window());
  }

  private static JsonlDeadLetters deadLetters(PipelineConfig config, String path) {
    JsonlDeadLetters letters = JsonlDeadLetters.to(path).hiding(config.attached().secrets()::hide);
    config.attached().file().ifPresent(letters::madeBy);
    return letters;
  }

  /**
   * The same pipeline with dead letters in place of its sources, which adds to what its outputs
   * have.
   *
   * @param letters a file that dead letters were written to
   * @param rejected where that goes which is rejected again
   * @throws ConfigurationException in one sentence
   */
  public static Prepared prepareReplay(PipelineConfig config, Path letters, String rejected) {
    DeadLetterSource.Summary summary = DeadLetterSource.summary(letters);
    List<Source> opened = new ArrayList<>();
    UserClassPath.add(config.classPath());
    try {
      Prepared original = prepare(config, false, opened);
      PipelineBuilder builder = builder(config).continues(original.pipeline().identity());
      for (DeadLetterSource.From from : summary.origins()) {
        // The letters of a replay name its sources.
        String source = from.source().replaceFirst("^(replay-[0-9a-f]{12}-)+", "");
        int index = config.sources().stream().map(SourceConfig::name).toList().indexOf(source);
        if (index < 0) {
          throw new ConfigurationException(
              "the dead letters '"
                  + letters
                  + "' are of the source '"
                  + source
                  + "', which the pipeline '"
                  + config.name()
                  + "' does not have: name the pipeline file that made them with --pipeline");
        }
        builder.source(
            replaySource(summary.fingerprint(), from),
            new DeadLetterSource(
                letters,
                from,
                opened.get(index).schema(),
                new RejectedTexts(config.sources().get(index))),
            sink(config, letters, from));
      }
      config.stages().forEach(stage -> builder.stage(stage(stage)));
      for (SinkConfig each : config.sinks()) {
        builder.sink(each.label(), spooled(sink(each, config.name()), config.attached().of(each)));
      }
      builder.deadLetters(deadLetters(config, rejected));
      Pipeline pipeline = builder.build();
      return new Prepared(pipeline, Guarantee.notices(pipeline.guarantees()));
    } finally {
      for (Source source : opened) {
        closeQuietly(source);
      }
    }
  }

  /** Its own name for each sink: in each of them it stands for how far these letters are. */
  private static String replaySource(String fingerprint, DeadLetterSource.From from) {
    String of =
        from.sink().isEmpty()
            ? fingerprint
            : DeadLetterSource.fingerprint(fingerprint + "\n" + from.sink());
    return "replay-" + of + "-" + from.source();
  }

  private static String sink(PipelineConfig config, Path letters, DeadLetterSource.From from) {
    List<String> sinks = config.sinks().stream().map(SinkConfig::label).toList();
    if (!from.sink().isEmpty() && !sinks.contains(from.sink())) {
      throw new ConfigurationException(
          "the dead letters '"
              + letters
              + "' are for the sink '"
              + from.sink()
              + "', which the pipeline '"
              + config.name()
              + "' does not have: name the pipeline file that made them with --pipeline, or take"
              + " the key sink out of the letters, so that they go to all sinks");
    }
    return from.sink();
  }

  private static void closeQuietly(Source source) {
    try {
      source.close();
    } catch (IOException e) {
      // It was asked for its fields only.
    }
  }

  private static Source spooled(Source source, SourceDelivery delivery) {
    return delivery
        .spool()
        .<Source>map(s -> SpooledSource.of(source, Path.of(s.path()), s.size().bytes()))
        .orElse(source);
  }

  private static Sink spooled(Sink sink, SinkDelivery delivery) {
    // The waits between attempts need not differ from run to run, only from sink to sink.
    return delivery
        .spool()
        .<Sink>map(s ->
            SpooledSink.of(
                sink,
                Path.of(s.path()),
                s.size().bytes(),
                new SplittableRandom(s.path().hashCode())))
        .orElse(sink);
  }

  /** What decides which records a source has; its speed does not. */
  private static SourceConfig identity(SourceConfig config) {
    return switch (config) {
      case SourceConfig.Simulated simulated -> simulated.unpaced();
      case SourceConfig.File file -> file.unpaced();
      case MqttSourceConfig mqtt -> mqtt;
      case HttpSourceConfig http -> http;
      case TcpSourceConfig tcp -> tcp;
      case UdpSourceConfig udp -> udp;
      case KafkaSourceConfig kafka -> kafka;
    };
  }

  private static void closeAfter(Source source, Throwable failure) {
    try {
      source.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static Source source(SourceConfig config, String pipeline, List<String> notices) {
    return switch (config) {
      case SourceConfig.Simulated simulated -> simulated.source();
      case SourceConfig.File file -> {
        FileSource.Builder builder = FileSource.builder(file.path());
        file.format().ifPresent(builder::format);
        file.separator().ifPresent(builder::separator);
        if (file.follow()) {
          builder.follow();
        }
        file.replay().ifPresent(builder::replay);
        if (file.baud() > 0) {
          builder.baud(file.baud());
        }
        if (!file.fields().isEmpty()) {
          builder.fields(schema(file.fields()));
        }
        FileSource source = builder.build();
        source
            .inferredFields()
            .ifPresent(fields -> notices.add("Source '" + file.name() + "' has " + fields));
        yield source;
      }
      case MqttSourceConfig mqtt -> mqtt.source(pipeline);
      case HttpSourceConfig http -> http.source();
      case TcpSourceConfig tcp -> tcp.source();
      case UdpSourceConfig udp -> udp.source();
      case KafkaSourceConfig kafka -> kafka.source(schema(kafka.fields()));
    };
  }

  private static Schema schema(Map<String, FieldType> types) {
    List<Field> fields = new ArrayList<>();
    types.forEach((name, type) -> fields.add(new Field(name, type.type(), type.nullable())));
    return Schema.of(fields);
  }

  private static Stage stage(StageConfig config) {
    FunctionSpec function =
        new FunctionSpec(
            config.function(),
            config.parameters(),
            python(config),
            config instanceof StageConfig.Cpu cpu ? cpu.env() : Map.of());
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
              .memory(cpu.memory().orElse(StageConfig.Cpu.MEMORY).bytes())
              .priority(cpu.priority().orElse(WorkerPriority.LOW))
              .recycle(
                  cpu.recycle().map(RecycleConfig::calls).orElse(0L),
                  cpu.recycle().flatMap(RecycleConfig::growth).map(ByteSize::bytes).orElse(0L));
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

  private static Sink sink(SinkConfig config, String pipeline) {
    return switch (config) {
      case SinkConfig.Jsonl jsonl -> JsonlSink.to(jsonl.path());
      case SinkConfig.Csv csv -> {
        CsvSink sink = CsvSink.to(csv.path());
        csv.separator().ifPresent(sink::separator);
        yield csv.dropExtras() ? sink.dropExtras() : sink;
      }
      case ConsoleSinkConfig console -> console.sink();
      case DuckDbSinkConfig table -> table.sink();
      case ParquetSinkConfig folder -> folder.sink();
      case MqttSinkConfig mqtt -> mqtt.sink(pipeline);
      case InfluxDbSinkConfig influx -> influx.sink();
      case KafkaSinkConfig topic -> topic.sink(pipeline);
      case PostgresSinkConfig table -> table.sink();
    };
  }
}
