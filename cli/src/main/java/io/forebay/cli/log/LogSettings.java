package io.forebay.cli.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.ConsoleHandler;

/**
 * What the options ask for.
 *
 * @param format empty: what the command itself says is printed as it is, and what is logged is text
 * @param level of everything else
 * @param levels of single loggers and those below them
 */
record LogSettings(Optional<LogFormat> format, LogLevel level, Map<String, LogLevel> levels) {
  static final LogSettings DEFAULT = new LogSettings(Optional.empty(), LogLevel.INFO, Map.of());

  /** Libraries that say much that is of use to their developers only: one level less. */
  static final List<String> LIBRARIES =
      List.of("org.apache.kafka", "io.netty", "io.vertx", "org.postgresql", "java", "jdk", "sun");

  /**
   * Reads the options.
   *
   * @param levels each a level, or {@code LOGGER=LEVEL}
   * @throws io.forebay.errors.ConfigurationException in one sentence
   */
  static LogSettings of(Optional<String> format, List<String> levels) {
    LogLevel all = LogLevel.INFO;
    Map<String, LogLevel> single = new LinkedHashMap<>();
    for (String level : levels) {
      int equals = level.indexOf('=');
      if (equals < 0) {
        all = LogLevel.parse(level.strip());
      } else {
        single.put(
            level.substring(0, equals).strip(),
            LogLevel.parse(level.substring(equals + 1).strip()));
      }
    }
    return new LogSettings(format.map(LogFormat::parse), all, Map.copyOf(single));
  }

  /** Whether what this logger of ours says at this level is logged. */
  boolean passes(LogLevel at) {
    return at.compareTo(level) <= 0;
  }

  static boolean isLibrary(String logger) {
    return LIBRARIES.stream().anyMatch(library -> logger.startsWith(library + "."));
  }

  /** For {@code java.util.logging}: the user's own set-up with ours in place of the console. */
  Properties properties(Properties users) {
    Properties ours = new Properties();
    ours.putAll(users);
    List<String> handlers = new ArrayList<>();
    for (String handler : users.getProperty("handlers", "").split("[,\\s]+", -1)) {
      if (!handler.isEmpty() && !handler.equals(ConsoleHandler.class.getName())) {
        handlers.add(handler);
      }
    }
    handlers.add(LogHandler.class.getName());
    ours.setProperty("handlers", String.join(",", handlers));
    ours.setProperty(".level", level.threshold());
    LogLevel less =
        switch (level) {
          case ERROR -> LogLevel.ERROR;
          case WARN, INFO -> LogLevel.WARN;
          case DEBUG -> LogLevel.INFO;
          case TRACE -> LogLevel.DEBUG;
        };
    LIBRARIES.forEach(library -> ours.setProperty(library + ".level", less.threshold()));
    levels.forEach((logger, at) -> ours.setProperty(logger + ".level", at.threshold()));
    return ours;
  }
}
