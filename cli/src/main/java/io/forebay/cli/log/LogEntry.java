package io.forebay.cli.log;

import io.forebay.internal.log.Part;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that is to be logged.
 *
 * @param logger who says it
 * @param worker the worker process that has printed it
 * @param thrown what went wrong
 */
record LogEntry(
    Instant time,
    LogLevel level,
    String logger,
    String message,
    Optional<Part> part,
    Optional<String> worker,
    @Nullable Throwable thrown) {

  /** What this process itself says about no part. */
  static LogEntry now(LogLevel level, String logger, String message, @Nullable Throwable thrown) {
    return new LogEntry(
        Instant.now(), level, logger, message, Part.current(), Optional.empty(), thrown);
  }
}
