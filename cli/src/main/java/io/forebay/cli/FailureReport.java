package io.forebay.cli;

import io.forebay.cli.log.LogLevel;
import io.forebay.config.model.InvalidPipelineFileException;
import io.forebay.errors.ConfigurationException;
import java.io.UncheckedIOException;
import java.util.List;

/** Says what went wrong, and which exit code that is. */
final class FailureReport {
  private FailureReport() {}

  /** Prints one sentence for each thing that is wrong; the trace only when asked. */
  static int report(Throwable failure, Terminal terminal, boolean verbose) {
    Throwable shown = verbose || isDebugging() ? failure : null;
    if (failure instanceof InvalidPipelineFileException invalid) {
      List<String> problems = invalid.problems();
      for (int i = 0; i < problems.size(); i++) {
        terminal.say(LogLevel.ERROR, problems.get(i), i == problems.size() - 1 ? shown : null);
      }
      return ExitCode.USAGE;
    }
    String what =
        switch (failure) {
          case ConfigurationException refused -> String.valueOf(refused.getMessage());
          case UncheckedIOException io -> sentence(io.getCause() == null ? io : io.getCause());
          default -> sentence(failure) + hint(verbose);
        };
    terminal.say(LogLevel.ERROR, "forebay: " + what, shown);
    return failure instanceof ConfigurationException ? ExitCode.USAGE : ExitCode.FAILED;
  }

  /** Whether traces are wanted: {@code FOREBAY_DEBUG} is set. */
  static boolean isDebugging() {
    String debug = System.getenv("FOREBAY_DEBUG");
    return debug != null && !debug.isEmpty() && !debug.equals("0");
  }

  private static String sentence(Throwable failure) {
    String message = failure.getMessage();
    String name = failure.getClass().getSimpleName();
    return message == null || message.isBlank() ? name : name + ": " + message;
  }

  private static String hint(boolean verbose) {
    return verbose || isDebugging() ? "" : " (--verbose shows where)";
  }
}
