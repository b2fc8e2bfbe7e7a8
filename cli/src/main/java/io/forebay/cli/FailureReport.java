package io.forebay.cli;

import io.forebay.config.model.InvalidPipelineFileException;
import io.forebay.errors.ConfigurationException;
import java.io.UncheckedIOException;

/** Says what went wrong, and which exit code that is. */
final class FailureReport {
  private FailureReport() {}

  /** Prints one sentence for each thing that is wrong; the trace only when asked. */
  static int report(Throwable failure, Terminal terminal, boolean verbose) {
    int exitCode =
        switch (failure) {
          case InvalidPipelineFileException invalid -> {
            invalid.problems().forEach(terminal.err()::println);
            yield ExitCode.USAGE;
          }
          case ConfigurationException refused -> {
            terminal.err().println("forebay: " + refused.getMessage());
            yield ExitCode.USAGE;
          }
          case UncheckedIOException io -> {
            terminal
                .err()
                .println("forebay: " + sentence(io.getCause() == null ? io : io.getCause()));
            yield ExitCode.FAILED;
          }
          default -> {
            terminal.err().println("forebay: " + sentence(failure) + hint(verbose));
            yield ExitCode.FAILED;
          }
        };
    if (verbose || isDebugging()) {
      failure.printStackTrace(terminal.err());
    }
    return exitCode;
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
