package io.forebay.cli;

import io.forebay.cli.report.ReportOptions;
import io.forebay.cli.report.ResultFile;
import io.forebay.cli.report.RunHistory;
import io.forebay.cli.report.RunReport;
import io.forebay.engine.Pipeline;
import io.forebay.observe.Summary;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of all commands that run a pipeline: files for what was measured. */
final class RunFiles {
  @Option(
      names = "--summary",
      paramLabel = "FILE.json",
      description = "Writes what was measured to this file.")
  private @Nullable Path summary;

  @Mixin private ReportOptions report = new ReportOptions();

  private Optional<ResultFile> summary() {
    return Optional.ofNullable(summary)
        .map(file -> new ResultFile("the summary", "--summary", file));
  }

  /** The files that the run writes as its own, by what they are; no devices or pipes. */
  Map<String, Path> written() {
    Map<String, Path> written = new LinkedHashMap<>(report.written());
    summary().filter(ResultFile::isFile).ifPresent(file -> written.put(file.what(), file.target()));
    return written;
  }

  /**
   * Makes their folders.
   *
   * @throws io.forebay.errors.ConfigurationException if one of them cannot be written
   */
  void prepare() {
    summary().ifPresent(ResultFile::prepare);
    report.prepare();
  }

  /**
   * Keeps how the run gets on, if that is reported.
   *
   * @param trouble is told if that is not possible any more
   */
  RunHistory follow(Pipeline pipeline, Consumer<String> trouble) {
    return report.file().isEmpty() ? RunHistory.none() : RunHistory.of(pipeline::snapshot, trouble);
  }

  /**
   * Writes them. The run is over, and what it has done is done, whether this succeeds or not.
   *
   * @param texts is applied to each text in them
   * @param lost is told if one could not be written
   */
  void write(
      Summary ended, RunHistory history, UnaryOperator<String> texts, Consumer<String> lost) {
    summary().ifPresent(file -> file.write(ended.json(texts), lost));
    report.write(() -> RunReport.of(ended, history, texts), lost);
  }
}
