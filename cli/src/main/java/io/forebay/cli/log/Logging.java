package io.forebay.cli.log;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where everything that is logged comes together and becomes a line. Set by the command before
 * anything runs; may be used by any thread.
 */
public final class Logging {
  private static final String OURS = "io.forebay";

  /** {@code java.util.logging}, of which a process has one, asks for the last one installed. */
  private static volatile Logging current = new Logging(line -> System.err.print(line));

  private final Consumer<String> out;
  private volatile LogSettings settings = LogSettings.DEFAULT;
  private volatile UnaryOperator<String> hide = UnaryOperator.identity();
  private volatile String pipeline = "";

  /**
   * Not used by others yet.
   *
   * @param out takes whole lines with their ends, in which secrets are hidden
   */
  public Logging(Consumer<String> out) {
    this.out = out;
  }

  static Logging current() {
    return current;
  }

  /** All of this process log here from now on, unless its user has set up logging otherwise. */
  public void install() {
    current = this;
    if (!LogManagerSetup.isUsers()) {
      LogManagerSetup.use();
    }
  }

  /**
   * As the options say.
   *
   * @throws io.forebay.errors.ConfigurationException in one sentence
   */
  public void set(Optional<String> format, List<String> levels) {
    settings = LogSettings.of(format, levels);
    if (current == this && (format.isPresent() || !levels.isEmpty())) {
      LogManagerSetup.use();
    }
  }

  /** What is hidden from now on. */
  public void hide(UnaryOperator<String> secrets) {
    hide = secrets;
  }

  /** The pipeline that runs. */
  public void pipeline(String name) {
    pipeline = name;
  }

  LogSettings settings() {
    return settings;
  }

  /** Whether all that is said on the standard error is a line of the log. */
  public boolean isEverything() {
    return settings.format().isPresent();
  }

  /** Whether the lines are for programs only. */
  public boolean isJson() {
    return settings.format().equals(Optional.of(LogFormat.JSON));
  }

  /** The command says something; a prefix that tells whose it is on a terminal is left out. */
  public void say(LogLevel level, String sentence, @Nullable Throwable thrown) {
    String prefix = "forebay: ";
    String message = sentence.startsWith(prefix) ? sentence.substring(prefix.length()) : sentence;
    if (settings.passes(level)) {
      log(LogEntry.now(level, OURS, message, thrown));
    }
  }

  /** Somebody in this process has printed a line on the standard error. */
  public void printed(String line) {
    if (!line.isBlank() && settings.passes(LogLevel.INFO)) {
      log(LogEntry.now(LogLevel.INFO, "stderr", line, null));
    }
  }

  void log(LogEntry entry) {
    LogFormat format = settings.format().orElse(LogFormat.TEXT);
    out.accept(LogLine.of(format, entry, pipeline, hide));
  }
}
