package io.forebay.cli.log;

import io.forebay.errors.ConfigurationException;
import java.util.Arrays;
import java.util.Locale;
import java.util.logging.Level;
import java.util.stream.Collectors;

/** How much is logged, from least to most. */
public enum LogLevel {
  ERROR(Level.SEVERE),
  WARN(Level.WARNING),
  INFO(Level.INFO),
  DEBUG(Level.FINE),
  TRACE(Level.ALL);

  private final Level threshold;

  LogLevel(Level threshold) {
    this.threshold = threshold;
  }

  /** What {@code java.util.logging} lets pass at this level. */
  Level threshold() {
    return threshold;
  }

  /** The level of something that was logged. */
  static LogLevel of(Level level) {
    int value = level.intValue();
    for (LogLevel each : values()) {
      if (value >= each.threshold.intValue()) {
        return each;
      }
    }
    return TRACE;
  }

  /**
   * Reads what people write.
   *
   * @throws ConfigurationException in one sentence
   */
  static LogLevel parse(String text) {
    for (LogLevel level : values()) {
      if (level.name().equalsIgnoreCase(text)) {
        return level;
      }
    }
    String known =
        Arrays.stream(values())
            .map(level -> level.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    throw new ConfigurationException(
        "'" + text + "' is no level of --log-level: choose one of " + known);
  }
}
