package io.forebay.cli;

import io.forebay.cli.bench.Bench;
import io.forebay.cli.bench.BenchHtml;
import io.forebay.cli.bench.BenchJson;
import io.forebay.cli.bench.BenchResult;
import io.forebay.cli.bench.BenchText;
import io.forebay.cli.bench.Matrix;
import io.forebay.cli.log.LogLevel;
import io.forebay.cli.report.ReportOptions;
import io.forebay.config.Pipelines;
import io.forebay.config.model.PipelineConfig;
import io.forebay.errors.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay bench}. */
@Command(
    name = "bench",
    description = {
      "Measures the stages of a pipeline file on a sample of its input: in each place, with each"
          + " number of workers and each size of batches, in turns.",
      "Writes to no output and acknowledges nothing: a run goes on as if nothing had been."
    },
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  private static final int LEAST_SECONDS = 2;
  private static final int MOST_SECONDS = 86_400;
  private static final int MOST_ROUNDS = 1_000;

  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "The pipeline file.")
  private Path file = Path.of("");

  @Mixin private ChangeOptions changes = new ChangeOptions();

  @Option(
      names = "--stage",
      paramLabel = "NAME",
      description = "Measures this stage only; default: all of them.")
  private @Nullable String stage;

  @Option(
      names = "--on",
      paramLabel = "PLACE",
      split = ",",
      description = "inline, threads, processes; default: all that the function can.")
  private List<String> places = new ArrayList<>();

  @Option(
      names = "--workers",
      paramLabel = "N",
      split = ",",
      description = "Numbers of workers; default: one, two, four, and so on up to the cores.")
  private List<String> workers = new ArrayList<>();

  @Option(
      names = "--batch",
      paramLabel = "ROWS",
      split = ",",
      description = "Sizes of batches, or auto; default: 1,20,300,4000,auto.")
  private List<String> batches = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often each is tried; default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "About how long all of it may take; default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--sample",
      paramLabel = "FILE",
      description =
          "Reads records from this file (.jsonl or .csv) in place of the sources', for sources that"
              + " can be read only once.")
  private @Nullable Path sample;

  @Option(names = "--json", description = "Prints what was measured as JSON.")
  private boolean json;

  @Mixin private ReportOptions report = new ReportOptions();

  BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    inRange("--seconds", seconds, LEAST_SECONDS, MOST_SECONDS);
    inRange("--rounds", rounds, 1, MOST_ROUNDS);
    Matrix matrix = Matrix.of(places, workers, batches);
    PipelineConfig config = changes.read(file, terminal);
    terminal.printsOn(json ? terminal.err() : terminal.out());
    Pipelines.check(config, report.written()).pipeline().close();
    report.prepare();
    if (!json) {
      terminal.out().println(Description.of(config));
    }
    BenchResult result =
        terminal.during(progress ->
            Bench.of(
                config,
                new Bench.Wish(
                    Optional.ofNullable(sample),
                    Optional.ofNullable(stage),
                    matrix,
                    rounds,
                    Duration.ofSeconds(seconds)),
                progress));
    if (json) {
      terminal.out().print(BenchJson.of(result, config.attached().secrets()::hide));
    } else {
      BenchText.of(result).forEach(terminal.out()::println);
    }
    report.write(
        () -> BenchHtml.of(result, config.attached().secrets()::hide),
        lost -> terminal.say(LogLevel.ERROR, "forebay: " + lost));
    return result.works() ? ExitCode.DONE : ExitCode.FAILED;
  }

  private static void inRange(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ConfigurationException(
          option + " is from " + least + " to " + most + ", not " + value);
    }
  }
}
