package io.forebay.cli;

import io.forebay.cli.log.LogLevel;
import io.forebay.cli.log.LogOptions;
import io.forebay.cli.log.Logging;
import io.forebay.cli.screen.HidingStream;
import io.forebay.config.secrets.Secrets;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the command writes.
 *
 * @param interactive whether {@code err} is a terminal on which lines can be replaced
 * @param logging what becomes of what is logged
 */
record Terminal(PrintStream out, PrintStream err, boolean interactive, Logging logging) {
  Terminal(PrintStream out, PrintStream err, boolean interactive) {
    this(out, err, interactive, new Logging(text -> entry(err, text)));
  }

  private static void entry(PrintStream err, String text) {
    if (err instanceof HidingStream stream) {
      stream.entry(text);
    } else {
      err.print(text);
      err.flush();
    }
  }

  /**
   * Logs as the options say. Where they say how, everything on the standard error is a line of the
   * log; otherwise what this command says is printed as it is.
   *
   * @throws io.forebay.errors.ConfigurationException in one sentence
   */
  void log(LogOptions options) {
    logging.set(options.format(), options.levels());
    if (logging.isEverything() && err instanceof HidingStream stream) {
      stream.divert(logging::printed);
    }
  }

  /** Says something on the standard error. */
  void say(LogLevel level, String sentence) {
    say(level, sentence, null);
  }

  /** Says what went wrong; with {@code thrown} also where. */
  void say(LogLevel level, String sentence, @Nullable Throwable thrown) {
    if (logging.isEverything()) {
      logging.say(level, sentence, thrown);
      return;
    }
    err.println(sentence);
    if (thrown != null) {
      thrown.printStackTrace(err);
    }
    err.flush();
  }

  /** Whether a block of lines can be shown at the bottom. */
  boolean showsBlocks() {
    return interactive && err instanceof HidingStream && !logging.isJson();
  }

  /** Shows these lines at the bottom, in place of those before; none: nothing. */
  void block(List<String> lines) {
    if (err instanceof HidingStream stream) {
      stream.block(lines);
    }
  }

  /** Whether the block is not there any more, because something was printed. */
  boolean isBare() {
    return err instanceof HidingStream stream && stream.isBare();
  }

  /** What takes a while, and says what it is at. */
  interface Work<T> {
    /** Does it. */
    T with(Consumer<String> progress) throws InterruptedException;
  }

  /** Does something, and shows meanwhile at the bottom what that is at. */
  <T> T during(Work<T> work) throws InterruptedException {
    if (!showsBlocks()) {
      return work.with(what -> {});
    }
    try {
      return work.with(what -> block(List.of(what + " …")));
    } finally {
      block(List.of());
    }
  }

  /** Whether the standard error is a terminal. */
  static boolean isInteractive() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      String target = target(2);
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | RuntimeException e) {
      return hasConsole(System.console()); // no /proc: not Linux
    }
  }

  /** Whether that is also the standard output. */
  static boolean isBoth() {
    try {
      return isInteractive() && target(1).equals(target(2));
    } catch (IOException | RuntimeException e) {
      return isInteractive(); // There a console is both.
    }
  }

  private static String target(int descriptor) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
  }

  /** What is hidden from now on, here and in logs. */
  Secrets hiding() {
    Secrets secrets = new Secrets();
    HidingStream.hide(out, secrets);
    HidingStream.hide(err, secrets);
    logging.hide(secrets::hide);
    HidingLog.hide(secrets);
    return secrets;
  }

  /**
   * Functions of this process and libraries print on the same stream as people are told on: where
   * the standard output is for data, a line of theirs would be in the midst of it.
   */
  void printsOn(PrintStream human) {
    if (System.err.equals(err)) { // not in a test that has streams of its own
      System.setOut(human);
    }
  }

  static boolean hasConsole(@Nullable Console console) {
    return console != null && console.isTerminal();
  }
}
