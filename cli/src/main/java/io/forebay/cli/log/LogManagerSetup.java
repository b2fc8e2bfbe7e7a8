package io.forebay.cli.log;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.logging.LogManager;

/**
 * Sets {@code java.util.logging} up, which makes one of these ({@code
 * java.util.logging.config.class}) when somebody logs for the first time: a run in which nobody
 * does takes no time for it.
 */
public final class LogManagerSetup {
  private static final String CLASS = "java.util.logging.config.class";
  private static final String FILE = "java.util.logging.config.file";

  /** Made by name. */
  public LogManagerSetup() throws IOException {
    Properties users = new Properties();
    String file = System.getProperty(FILE);
    if (file != null) {
      try (InputStream in = Files.newInputStream(Path.of(file))) {
        users.load(in);
      }
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    Logging.current().settings().properties(users).store(text, null);
    LogManager.getLogManager().readConfiguration(new ByteArrayInputStream(text.toByteArray()));
  }

  /** Whether the user has set it up, with a file or a class that is not this one. */
  public static boolean isUsers() {
    String name = System.getProperty(CLASS);
    return System.getProperty(FILE) != null
        || (name != null && !name.equals(LogManagerSetup.class.getName()));
  }

  /** From now on, unless somebody has logged already. */
  static void use() {
    System.setProperty(CLASS, LogManagerSetup.class.getName());
  }
}
