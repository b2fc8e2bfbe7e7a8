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

  private final String threshold;
  private final int value;

  LogLevel(Level threshold) {
    this.threshold = threshold.getName();
    this.value = threshold.intValue();
  }

  /** The level of {@code java.util.logging} that lets this and more pass. */
  String threshold() {
    return threshold;
  }

  /** The level of something that was logged. */
  static LogLevel of(Level level) {
    for (LogLevel each : values()) {
      if (level.intValue() >= each.value) {
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
