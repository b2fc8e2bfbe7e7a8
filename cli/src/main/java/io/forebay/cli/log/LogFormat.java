package io.forebay.cli.log;

import io.forebay.errors.ConfigurationException;

/** How a line of the log looks. */
public enum LogFormat {
  /** {@code 2026-11-30T19:45:00.123Z WARN io.forebay.workers [plant stage=features] …}. */
  TEXT,

  /** One JSON object. */
  JSON;

  /**
   * Reads what people write.
   *
   * @throws ConfigurationException in one sentence
   */
  static LogFormat parse(String text) {
    for (LogFormat format : values()) {
      if (format.name().equalsIgnoreCase(text)) {
        return format;
      }
    }
    throw new ConfigurationException(
        "'" + text + "' is no format of --log-format: choose text or json");
  }
}
