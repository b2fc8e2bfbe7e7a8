package io.forebay.cli;

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

  private static boolean hasConsole(@Nullable Console console) {
    return console != null && console.isTerminal();
  }
}
