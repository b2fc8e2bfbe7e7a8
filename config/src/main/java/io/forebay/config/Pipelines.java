package io.forebay.config;

import io.forebay.Claim;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.Source;
import io.forebay.columns.Field;
import io.forebay.config.internal.rules.SourcesTogether;
import io.forebay.config.model.ForebayConfig;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.model.StageConfig;
import io.forebay.config.sinks.ConsoleSinkConfig;
import io.forebay.config.sinks.DuckDbSinkConfig;
import io.forebay.config.sinks.InfluxDbSinkConfig;
import io.forebay.config.sinks.KafkaSinkConfig;
import io.forebay.config.sinks.MqttSinkConfig;
import io.forebay.config.sinks.ParquetSinkConfig;
import io.forebay.config.sinks.PostgresSinkConfig;
import io.forebay.config.sinks.SinkConfig;
import io.forebay.config.sinks.SinkDelivery;
import io.forebay.config.sources.HttpSourceConfig;
import io.forebay.config.sources.KafkaSourceConfig;
import io.forebay.config.sources.MqttSourceConfig;
import io.forebay.config.sources.SourceConfig;
import io.forebay.config.sources.SourceDelivery;
import io.forebay.config.sources.TcpSourceConfig;
import io.forebay.config.sources.UdpSourceConfig;
import io.forebay.config.values.ByteSize;
import io.forebay.config.values.FieldType;
import io.forebay.config.values.RecycleConfig;
import io.forebay.config.values.SpoolConfig;
import io.forebay.connectors.file.CsvSink;
import io.forebay.connectors.file.FileSource;
import io.forebay.connectors.file.JsonlDeadLetters;
import io.forebay.connectors.file.JsonlSink;
import io.forebay.engine.Guarantee;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineBuilder;
import io.forebay.engine.api.RejectionLimit;
import io.forebay.engine.api.Stage;
import io.forebay.errors.ConfigurationException;
import io.forebay.functions.ConditionFilter;
import io.forebay.spool.SpooledSink;
import io.forebay.spool.SpooledSource;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PythonSettings;
import io.forebay.workers.api.StageProfiling;
import io.forebay.workers.api.WorkerPriority;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Makes pipelines from pipeline files. */
public final class Pipelines {
  /** So many records that are all rejected are no accident of the data. */
  private static final long FIRST_REJECTED = 1_000;

  private Pipelines() {}

  /**
   * A pipeline that can be started, and what can be said about it before.
   *
   * @param deadLetters the file of its dead letters
   * @param notices sentences for the person who starts it: inferred fields, what is guaranteed
   */
  public record Prepared(Pipeline pipeline, String deadLetters, List<String> notices) {}

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
    return prepare(config, new Start(fresh, false, Map.of()));
  }

  /**
   * How a pipeline is started.
   *
   * @param fresh whether to ignore what an unfinished run has left
   * @param acceptLoss whether to go on without what was removed from a spool
   * @param written files that whoever starts it writes, by what they are: {@code the summary}
   * @param profiling what finds out where the time of its stages goes
   */
  public record Start(
      boolean fresh, boolean acceptLoss, Map<String, Path> written, StageProfiling profiling) {
    /** Without a profile. */
    public Start(boolean fresh, boolean acceptLoss, Map<String, Path> written) {
      this(fresh, acceptLoss, written, StageProfiling.NONE);
    }

    /** Goes on with what an unfinished run has left. */
    static final Start AGAIN = new Start(false, false, Map.of());
  }

  /**
   * The same, started in another way.
   *
   * @throws ConfigurationException in one sentence
   */
  public static Prepared prepare(PipelineConfig config, Start start) {
    return prepare(config, start, false);
  }

  /**
   * The same, of a pipeline that is not going to be started: nothing is read that could be read
   * only once, or that would have to be waited for.
   */
  public static Prepared check(PipelineConfig config) {
    return check(config, Map.of());
  }

  /**
   * The same.
   *
   * @param written files that whoever checks it writes, by what they are: {@code the report}
   */
  public static Prepared check(PipelineConfig config, Map<String, Path> written) {
    return prepare(config, new Start(false, false, written), true);
  }

  private static Prepared prepare(PipelineConfig config, Start start, boolean onlyChecked) {
    UserClassPath.add(config.classPath());
    List<Source> opened = new ArrayList<>();
    try {
      List<String> notices = new ArrayList<>(config.attached().notices());
      PipelineBuilder builder = assemble(config, start, onlyChecked, opened, notices);
      claim(builder, config, start.written());
      builder.maxRejected(
          config.maxRejected().orElseGet(() -> new RejectionLimit.FirstInRow(FIRST_REJECTED)));
      Pipeline pipeline = builder.fresh(start.fresh()).profiled(start.profiling()).build();
      notices.addAll(new SourcesTogether(config.sources(), Path.of("")).notices());
      notices.addAll(Guarantee.notices(pipeline.guarantees()));
      return new Prepared(pipeline, config.deadLetterPath(), List.copyOf(notices));
    } catch (RuntimeException | Error e) {
      opened.forEach(source -> closeAfter(source, e));
      throw e;
    }
  }

  /** Everything but the last step, so that no code of a function has run. */
  static PipelineBuilder assemble(
      PipelineConfig config,
      Start start,
      boolean onlyChecked,
      List<Source> opened,
      List<String> notices) {
    StringBuilder identity = new StringBuilder();
    PipelineBuilder builder = builder(config);
    for (SourceConfig each : config.sources()) {
      Source plain = source(each, config.name(), onlyChecked, notices);
      Source source = spooled(plain, config.attached().of(each), start.acceptLoss());
      opened.add(source);
      builder.source(each.name(), source);
      identity.append(identity(each)).append('\n');
      config.attached().of(each).spool().ifPresent(s -> identity.append(s.path()).append('\n'));
    }
    addStages(builder, config);
    for (SinkConfig each : config.sinks()) {
      Sink sink =
          spooled(sink(each, config.name()), config.attached().of(each), start.acceptLoss());
      addSink(builder, each, sink, config);
      identity.append(each).append('\n');
      config.attached().of(each).when().ifPresent(when -> identity.append("when " + when + '\n'));
      config.attached().of(each).spool().ifPresent(s -> identity.append(s.path()).append('\n'));
    }
    builder.deadLetters(deadLetters(config, config.deadLetterPath()));
    identity.append(config.deadLetterPath());
    config.delivery().ifPresent(builder::delivery);
    return builder.identity(identity.toString());
  }

  static void addStages(PipelineBuilder builder, PipelineConfig config) {
    for (StageConfig each : config.stages()) {
      if (each instanceof StageConfig.Windowed windowed) {
        builder.aggregate(
            accumulating(windowed), windowed.window().windows(config.statePath(windowed)));
      } else {
        builder.stage(stage(each));
      }
    }
  }

  /** A sink with the records that it gets. */
  static void addSink(PipelineBuilder builder, SinkConfig each, Sink sink, PipelineConfig config) {
    Optional<String> when = config.attached().of(each).when();
    if (when.isPresent()) {
      builder.sink(each.label(), sink, ConditionFilter.of(when.get()));
    } else {
      builder.sink(each.label(), sink);
    }
  }

  /** What the run uses besides its sources and outputs. */
  static void claim(PipelineBuilder builder, PipelineConfig config, Map<String, Path> written) {
    config
        .attached()
        .file()
        .ifPresent(
            file -> builder.claims("the pipeline file", List.of(Claim.reads(Path.of(file)))));
    builder.claims(
        "the class path",
        config.classPath().stream().map(each -> Claim.reads(Path.of(each))).toList());
    written.forEach((what, file) ->
        builder.claims(what, List.of(Claim.writes(file), Claim.writesBeside(file, ".tmp"))));
  }

  static PipelineBuilder builder(PipelineConfig config) {
    ForebayConfig forebay = config.forebaySize();
    return Pipeline.builder(config.name())
        .forebay(forebay.slots(), forebay.slotSize().bytes())
        .ordered(config.ordered())
        .maxLatency(config.maxLatency())
        .linger(config.linger())
        .window(config.window());
  }

  static JsonlDeadLetters deadLetters(PipelineConfig config, String path) {
    JsonlDeadLetters deadLetters =
        JsonlDeadLetters.to(path).hiding(config.attached().secrets()::hide);
    config.attached().file().ifPresent(deadLetters::madeBy);
    return deadLetters;
  }

  private static Source spooled(Source source, SourceDelivery delivery, boolean acceptLoss) {
    if (delivery.spool().isEmpty()) {
      return source;
    }
    SpoolConfig spool = delivery.spool().get();
    SpooledSource spooled = SpooledSource.of(source, Path.of(spool.path()), spool.size().bytes());
    return acceptLoss ? spooled.acceptLoss() : spooled;
  }

  static Sink spooled(Sink sink, SinkDelivery delivery, boolean acceptLoss) {
    if (delivery.spool().isEmpty()) {
      return sink;
    }
    SpoolConfig spool = delivery.spool().get();
    // The waits between attempts need not differ from run to run, only from sink to sink.
    SplittableRandom random = new SplittableRandom(spool.path().hashCode());
    SpooledSink spooled = SpooledSink.of(sink, Path.of(spool.path()), spool.size().bytes(), random);
    return acceptLoss ? spooled.acceptLoss() : spooled;
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

  static Source source(
      SourceConfig config, String pipeline, boolean onlyChecked, List<String> notices) {
    return switch (config) {
      case SourceConfig.Simulated simulated -> simulated.source();
      case SourceConfig.File file -> {
        FileSource.Builder builder = FileSource.builder(file.path());
        file.format().ifPresent(builder::format);
        file.separator().ifPresent(builder::separator);
        builder.header(file.header());
        if (file.follow()) {
          builder.follow();
        }
        if (onlyChecked) {
          builder.onlyChecked();
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

  static Stage stage(StageConfig config) {
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
      case StageConfig.Windowed windowed ->
          windowed.window().windows("").partials(accumulating(windowed));
      case StageConfig.Sql sql -> stage(sql.written());
      case StageConfig.Cpu cpu -> {
        Stage.Cpu stage =
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
        yield cpu.protect().map(stage::protect).orElse(stage);
      }
    };
  }

  /** The stage with its accumulator as its function. */
  private static Stage.Cpu accumulating(StageConfig.Windowed stage) {
    return Stage.cpu(stage.name(), new FunctionSpec(stage.function(), stage.parameters()))
        .on(stage.on())
        .workers(stage.workers().fixed().orElse(Stage.Cpu.PHYSICAL_CORES))
        .batch(stage.batch());
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

  static Sink sink(SinkConfig config, String pipeline) {
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
