package io.forebay.cli.report;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of all commands that measure something: a page for people. */
public final class ReportOptions {
  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Writes what was measured to this file, for people: one page with pictures.")
  private @Nullable Path report;

  /** Made by picocli. */
  public ReportOptions() {}

  /** Where it goes, if it is wished for. */
  public Optional<ResultFile> file() {
    return Optional.ofNullable(report).map(file -> new ResultFile("the report", "--report", file));
  }

  /** The file that is written, by what it is; none where it is a device or pipe. */
  public Map<String, Path> written() {
    return file()
        .filter(ResultFile::isFile)
        .map(each -> Map.of(each.what(), each.target()))
        .orElse(Map.of());
  }

  /**
   * Makes its folder.
   *
   * @throws io.forebay.errors.ConfigurationException in one sentence, if it cannot be written
   */
  public void prepare() {
    file().ifPresent(ResultFile::prepare);
  }

  /**
   * Writes it.
   *
   * @param lost is told if that is not possible any more
   */
  public void write(Supplier<String> page, Consumer<String> lost) {
    file().ifPresent(to -> to.write(page.get(), lost));
  }
}
