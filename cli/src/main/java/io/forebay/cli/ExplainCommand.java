package io.forebay.cli;

import io.forebay.cli.explain.Explainer;
import io.forebay.cli.explain.Explanation;
import io.forebay.cli.explain.ExplanationHtml;
import io.forebay.cli.explain.ExplanationJson;
import io.forebay.cli.explain.ExplanationText;
import io.forebay.cli.explain.PipelineEdit;
import io.forebay.cli.log.LogLevel;
import io.forebay.cli.report.ReportOptions;
import io.forebay.config.Pipelines;
import io.forebay.config.model.PipelineConfig;
import io.forebay.errors.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay explain}. */
@Command(
    name = "explain",
    description = {
      "Tries the stages of a pipeline file on a sample of its input, and says which tool fits each"
          + " of them, which batch and how many workers.",
      "Writes to no output and acknowledges nothing: a run goes on as if nothing had been."
    },
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  private static final int LEAST_SECONDS = 2;
  private static final int MOST_SECONDS = 3_600;

  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "The pipeline file.")
  private Path file = Path.of("");

  @Mixin private ChangeOptions changes = new ChangeOptions();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "20",
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

  @Option(
      names = "--verify",
      description = "Measures the advised change again, longer, in turns with the file as it is.")
  private boolean verify;

  @Option(
      names = "--write",
      description =
          "Writes the advised change into FILE, whose comments and layout stay as they are.")
  private boolean write;

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
      throw new ConfigurationException(
          "--seconds is from " + LEAST_SECONDS + " to " + MOST_SECONDS + ", not " + seconds);
    }
    if (write && changes.isGiven()) {
      throw new ConfigurationException(
          "--write changes the file, and with --set another one is tried: leave one of them out");
    }
    PipelineConfig config = changes.read(file, terminal);
    Optional<PipelineEdit> edit = write ? Optional.of(PipelineEdit.of(file)) : Optional.empty();
    terminal.printsOn(json ? terminal.err() : terminal.out());
    Pipelines.check(config, report.written()).pipeline().close();
    report.prepare();
    if (!json) {
      terminal.out().println(Description.of(config));
    }
    Explanation explanation = explain(config);
    if (json) {
      terminal.out().print(ExplanationJson.of(explanation, config.attached().secrets()::hide));
    } else {
      ExplanationText.of(explanation).forEach(terminal.out()::println);
    }
    report.write(
        () -> ExplanationHtml.of(explanation, config.attached().secrets()::hide),
        lost -> terminal.say(LogLevel.ERROR, "forebay: " + lost));
    if (edit.isPresent() && explanation.change().isPresent()) {
      edit.get().write(explanation, config);
      (json ? terminal.err() : terminal.out()).println(file + " was changed so.");
    }
    return explanation.works() ? ExitCode.DONE : ExitCode.FAILED;
  }

  private Explanation explain(PipelineConfig config) throws InterruptedException {
    Explainer.Wish wish =
        new Explainer.Wish(Optional.ofNullable(sample), Duration.ofSeconds(seconds), verify);
    return terminal.during(progress -> Explainer.explain(config, wish, progress));
  }
}
