package io.forebay.cli;

import io.forebay.cli.log.LogLevel;
import io.forebay.cli.log.LogOptions;
import io.forebay.cli.report.RunHistory;
import io.forebay.config.Pipelines;
import io.forebay.config.Places;
import io.forebay.config.model.PipelineConfig;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.observe.DeadLetterText;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.observe.Summary;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.workers.api.StageProfiling;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay run}. */
@Command(
    name = "run",
    description = "Runs a pipeline until its sources end or a signal comes.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  /** How long a signal leaves for delivering what was read. */
  static final Duration DRAIN_DEADLINE = Duration.ofSeconds(30);

  private final Terminal terminal;
  private final Duration drainDeadline;

  @Parameters(paramLabel = "FILE", description = "The pipeline file.")
  private Path file = Path.of("");

  @Mixin private ChangeOptions changes = new ChangeOptions();

  @Mixin private RunFiles files = new RunFiles();

  @Option(
      names = "--dashboard",
      paramLabel = "PORT",
      description =
          "Shows the run at http://127.0.0.1:PORT/ while it lasts: a live page, /metrics, /status,"
              + " /health. 0: any free port. HOST:PORT: elsewhere, with the file's TLS and token.")
  private @Nullable String dashboard;

  @Option(
      names = "--otlp",
      paramLabel = "URL",
      description =
          "Sends metrics and traces over OTLP (http/protobuf) while it runs, for example to"
              + " http://127.0.0.1:4318; the variables OTEL_* hold, too.")
  private @Nullable String otlp;

  @Option(
      names = "--profile",
      paramLabel = "FOLDER",
      arity = "0..1",
      parameterConsumer = RunProfile.FolderIfGiven.class,
      description =
          "Writes a flame graph of each stage to this folder, and says whose the CPU time was."
              + " Without a name: forebay-profile.")
  private @Nullable Path profileFolder;

  @Option(
      names = "--max-rejected",
      paramLabel = "LIMIT",
      description =
          "Ends the run when more records are rejected: a number, a share such as 5%%, or none;"
              + " as the key maxRejected.")
  private @Nullable String maxRejected;

  @Option(
      names = "--fail-on-rejected",
      description = "Exits with 4 instead of 0 if records went to dead letter.")
  private boolean failOnRejected;

  @Option(names = "--no-progress", description = "Prints nothing while it runs, but who is away.")
  private boolean noProgress;

  @Option(names = "--fresh", description = "Starts over, whatever an unfinished run has left.")
  private boolean fresh;

  @Option(
      names = "--accept-loss",
      description = "Goes on without records that were removed from a spool, counted as dropped.")
  private boolean acceptLoss;

  @Option(names = "--verbose", description = "Prints stack traces too.")
  private boolean verbose;

  @Mixin private LogOptions log = new LogOptions();

  RunCommand(Terminal terminal, Duration drainDeadline) {
    this.terminal = terminal;
    this.drainDeadline = drainDeadline;
  }

  boolean verbose() {
    return verbose;
  }

  @Override
  public Integer call() throws InterruptedException {
    terminal.log(log);
    return run((config, profiling) ->
        Pipelines.prepare(
            config, new Pipelines.Start(fresh, acceptLoss, files.written(), profiling)));
  }

  /** Runs what {@code forebay replay} has prepared, as this command runs a pipeline file. */
  int replay(
      Path pipelineFile,
      ChangeOptions fileChanges,
      boolean quiet,
      RunFiles runFiles,
      Function<PipelineConfig, Pipelines.Prepared> preparation)
      throws InterruptedException {
    file = pipelineFile;
    changes = fileChanges;
    noProgress = quiet;
    files = runFiles;
    return run((config, unprofiled) -> preparation.apply(config));
  }

  private int run(BiFunction<PipelineConfig, StageProfiling, Pipelines.Prepared> preparation)
      throws InterruptedException {
    try (Signals signals = new Signals(drainDeadline)) {
      if (maxRejected != null) {
        changes.add("maxRejected=" + maxRejected);
      }
      PipelineConfig config = changes.read(file, terminal);
      Places.require(config);
      terminal.logging().pipeline(config.name());
      boolean dataOnStdout =
          config.sinks().stream().anyMatch(sink -> sink.file().equals(Optional.of("-")));
      PrintStream human = dataOnStdout ? terminal.err() : terminal.out();
      terminal.printsOn(human);
      try (RunDashboard live = RunDashboard.open(config, Optional.ofNullable(dashboard));
          RunTelemetry telemetry = RunTelemetry.open(config, Optional.ofNullable(otlp), terminal);
          RunProfile profile = RunProfile.open(config, Optional.ofNullable(profileFolder))) {
        Pipelines.Prepared prepared = preparation.apply(config, profile.stages());
        try (Pipeline pipeline = prepared.pipeline()) {
          files.prepare();
          TemporaryLeftovers.removeInBackground();
          human.println(Description.of(config));
          prepared.notices().forEach(human::println);
          signals.starting();
          profile.start(human::println);
          telemetry.follow(pipeline, config.name());
          pipeline.start();
          pipeline.notices().forEach(human::println);
          LiveDiagnosis diagnosis = new LiveDiagnosis();
          live.show(
              pipeline, diagnosis, human::println, trouble -> terminal.say(LogLevel.WARN, trouble));
          telemetry.show(pipeline, diagnosis, human::println);
          human.flush();
          PipelineResult result;
          RunHistory history =
              files.follow(pipeline, trouble -> terminal.say(LogLevel.WARN, trouble));
          try (history) {
            result = await(pipeline, signals, diagnosis);
          }
          RunOutcome outcome = RunOutcome.of(result, signals.first(), pipeline.leftovers());
          Summary summary = report(result, outcome, diagnosis, prepared.deadLetters(), human);
          profile.end(human::println);
          live.end(summary);
          telemetry.end(summary);
          files.write(
              summary,
              history,
              config.attached().secrets()::hide,
              lost -> terminal.say(LogLevel.ERROR, "forebay: " + lost));
          return failOnRejected
              ? outcome.exitCodeWithRejected(result.snapshot().records())
              : outcome.exitCode();
        }
      }
    }
  }

  private PipelineResult await(Pipeline pipeline, Signals signals, LiveDiagnosis live)
      throws InterruptedException {
    try (ProgressView progress = ProgressView.start(pipeline, terminal, live, !noProgress)) {
      signals.running(pipeline, progress::say);
      return pipeline.await();
    }
  }

  private Summary report(
      PipelineResult result,
      RunOutcome outcome,
      LiveDiagnosis live,
      String deadLetters,
      PrintStream human) {
    PipelineSnapshot last = result.snapshot();
    Summary summary = new Summary(last, outcome.name(), outcome.reason(), live.causes(last));
    human.println();
    summary.table().forEach(human::println);
    DeadLetterText.lines(last, deadLetters).forEach(human::println);
    human.println(summary.verdict());
    human.flush();
    if (!outcome.reason().isEmpty()) {
      terminal.say(LogLevel.ERROR, "forebay: " + outcome.reason(), trace(result));
    }
    return summary;
  }

  private @Nullable Throwable trace(PipelineResult result) {
    boolean asked = verbose || FailureReport.isDebugging();
    return asked && result instanceof PipelineResult.Failed failed ? failed.cause() : null;
  }
}
