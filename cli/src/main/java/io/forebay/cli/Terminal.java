package io.forebay.cli;

import io.forebay.config.secrets.Secrets;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the command writes.
 *
 * @param interactive whether {@code err} is a terminal on which lines can be replaced
 */
record Terminal(PrintStream out, PrintStream err, boolean interactive) {
  /** Whether the standard error is a terminal. */
  static boolean isInteractive() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | RuntimeException e) {
      return hasConsole(System.console()); // no /proc: not Linux
    }
  }

  /** What is hidden from now on, here and in logs. */
  Secrets hiding() {
    Secrets secrets = new Secrets();
    HidingStream.hide(out, secrets);
    HidingStream.hide(err, secrets);
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
