package io.forebay.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code forebay functions}. */
@Command(
    name = "functions",
    description = "Lists the functions on the class path.",
    mixinStandardHelpOptions = true)
final class FunctionsCommand implements Callable<Integer> {
  private final Terminal terminal;

  FunctionsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.out().println("io.forebay.functions.LectureFeatures");
    return ExitCode.DONE;
  }
}
