package io.forebay.cli;

import io.forebay.cli.log.LogManagerSetup;
import io.forebay.config.secrets.Secrets;
import java.util.Collections;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Takes secrets out of what the user's own set-up of {@code java.util.logging} writes to files and
 * sockets. Without one, logs are ours, which hide them themselves.
 */
final class HidingLog {
  private HidingLog() {}

  /** From now on; looks for handlers only where there can be some, because that takes time. */
  static void hide(Secrets secrets) {
    if (!LogManagerSetup.isUsers()) {
      return;
    }
    for (String name : Collections.list(LogManager.getLogManager().getLoggerNames())) {
      Logger logger = LogManager.getLogManager().getLogger(name);
      if (logger != null) {
        for (Handler handler : logger.getHandlers()) {
          hide(handler, secrets);
        }
      }
    }
  }

  private static void hide(Handler handler, Secrets secrets) {
    Formatter formatter = handler.getFormatter();
    if (formatter != null) {
      Formatter plain = formatter instanceof Hiding hiding ? hiding.plain : formatter;
      handler.setFormatter(new Hiding(plain, secrets));
    }
  }

  private static final class Hiding extends Formatter {
    private final Formatter plain;
    private final Secrets secrets;

    Hiding(Formatter plain, Secrets secrets) {
      this.plain = plain;
      this.secrets = secrets;
    }

    @Override
    public String format(LogRecord log) {
      return secrets.hide(plain.format(log));
    }

    @Override
    public String getHead(Handler handler) {
      return plain.getHead(handler);
    }

    @Override
    public String getTail(Handler handler) {
      return plain.getTail(handler);
    }
  }
}
