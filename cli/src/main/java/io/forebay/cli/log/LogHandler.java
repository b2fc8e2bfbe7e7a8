package io.forebay.cli.log;

import io.forebay.internal.log.Part;
import io.forebay.workers.api.WorkerLog;
import java.util.Optional;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Takes what is said to {@code java.util.logging}, where everything comes together: {@link
 * System.Logger}, slf4j, Netty, drivers. Made by the log manager when somebody logs for the first
 * time; called by any thread.
 */
public final class LogHandler extends Handler {
  /** Puts parameters into messages. */
  private static final Formatter MESSAGES =
      new Formatter() {
        @Override
        public String format(LogRecord said) {
          return formatMessage(said);
        }
      };

  private final Repeats repeats = new Repeats();

  /** Made by name. */
  public LogHandler() {}

  @Override
  public void publish(@Nullable LogRecord said) {
    if (said == null || !isLoggable(said)) {
      return;
    }
    try {
      log(said);
    } catch (RuntimeException e) { // Logging must not end whoever logs.
      Logging.current().log(LogEntry.now(LogLevel.ERROR, logger(said), "cannot be logged", e));
    }
  }

  private void log(LogRecord said) {
    String logger = logger(said);
    Optional<String> worker = Optional.empty();
    String message;
    Object[] parameters = said.getParameters();
    if (WorkerLog.PRINTED.equals(said.getMessage()) && parameters != null) {
      worker = Optional.of(parameters[0].toString());
      message = parameters[1].toString();
    } else {
      message = String.valueOf(MESSAGES.format(said));
    }
    if (LogSettings.isLibrary(logger)) {
      int again = repeats.pass(logger + message, said.getMillis());
      if (again < 0) {
        return;
      }
      message += again == 0 ? "" : " (and " + again + " more times in the meantime)";
    }
    Logging.current()
        .log(
            new LogEntry(
                said.getInstant(),
                LogLevel.of(said.getLevel()),
                logger,
                message,
                part(),
                worker,
                said.getThrown()));
  }

  private static String logger(LogRecord said) {
    return said.getLoggerName() == null ? "" : said.getLoggerName();
  }

  /** Event loops are shared: the part that has started one is not the one that it works for. */
  private static Optional<Part> part() {
    return Thread.currentThread().getName().startsWith("vert.x-")
        ? Optional.empty()
        : Part.current();
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
