package io.forebay.cli.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of all commands that run something: what is logged, and how. */
public final class LogOptions {
  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      description =
          "Everything on the standard error is a line of a log, with its time: text, or one JSON"
              + " object each.")
  private @Nullable String format;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      split = ",",
      description =
          "error, warn, info (the default), debug or trace; LOGGER=LEVEL for one logger, for"
              + " example org.apache.kafka=debug.")
  private List<String> levels = new ArrayList<>();

  /** {@code text} or {@code json}, as it was written. */
  public Optional<String> format() {
    return Optional.ofNullable(format);
  }

  /** Levels, or loggers with levels, as they were written. */
  public List<String> levels() {
    return levels;
  }
}
