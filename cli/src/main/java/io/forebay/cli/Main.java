package io.forebay.cli;

import io.forebay.cli.python.PythonPoolCommand;
import io.forebay.cli.screen.HidingStream;
import io.forebay.cli.screen.Screen;
import io.forebay.internal.files.StandardOutput;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line {@code forebay}. */
@Command(
    name = "forebay",
    description = "Runs CPU-heavy functions over live sensor streams on every core of a machine.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      RunCommand.class,
      ReplayCommand.class,
      ValidateCommand.class,
      ExplainCommand.class,
      BenchCommand.class,
      TopCommand.class,
      TapCommand.class,
      FunctionsCommand.class,
      DemoCommand.class,
      PythonPoolCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Done.",
      "1:The pipeline failed.",
      "2:The configuration or the command line is wrong; nothing was started.",
      "3:The drain deadline passed with work that is not acknowledged.",
      "130, 143:Stopped by SIGINT or SIGTERM, after a clean drain."
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create(); // replaced by picocli

  /** Made by picocli. */
  Main() {}

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    int exitCode = run(RunCommand.DRAIN_DEADLINE, args);
    // System.exit() looks for a logger in each jar of the class path; without it, the JVM ends with
    // its last thread that is no daemon.
    if (exitCode != ExitCode.DONE || othersRun()) {
      System.exit(exitCode);
    }
  }

  private static boolean othersRun() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> !thread.isDaemon() && thread != Thread.currentThread());
  }

  /** Runs the command on this process's standard output and error. */
  static int run(Duration drainDeadline, String... args) {
    // Otherwise picocli looks for Groovy, and for that opens each jar of the class path in vain.
    System.setProperty("picocli.disable.closures", "true");
    FileOutputStream standardOutput = new FileOutputStream(FileDescriptor.out);
    FileOutputStream standardError = new FileOutputStream(FileDescriptor.err);
    Screen screen = new Screen(standardError);
    boolean both = Terminal.isBoth();
    HidingStream out =
        both ? new HidingStream(standardOutput, screen) : new HidingStream(standardOutput);
    HidingStream err = new HidingStream(standardError, screen);
    if (both) {
      StandardOutput.through(screen::shared);
    }
    // What is logged, and what functions of this process print, is hidden, too.
    System.setOut(out);
    System.setErr(err);
    Terminal terminal = new Terminal(out, err, Terminal.isInteractive());
    terminal.logging().install();
    int exitCode;
    try {
      exitCode = execute(terminal, drainDeadline, args);
    } catch (Error e) { // picocli handles exceptions only
      exitCode = FailureReport.report(e, terminal, false);
    }
    out.end();
    err.end();
    return exitCode;
  }

  /** Runs the command and returns its exit code. */
  static int execute(Terminal terminal, Duration drainDeadline, String... args) {
    IFactory ours =
        new IFactory() {
          @Override
          public <K> K create(Class<K> type) throws Exception {
            if (type == RunCommand.class) {
              return type.cast(new RunCommand(terminal, drainDeadline));
            }
            if (type == ReplayCommand.class) {
              return type.cast(new ReplayCommand(terminal, drainDeadline));
            }
            if (type == ValidateCommand.class) {
              return type.cast(new ValidateCommand(terminal));
            }
            if (type == ExplainCommand.class) {
              return type.cast(new ExplainCommand(terminal));
            }
            if (type == BenchCommand.class) {
              return type.cast(new BenchCommand(terminal));
            }
            if (type == TopCommand.class) {
              return type.cast(new TopCommand(terminal));
            }
            if (type == TapCommand.class) {
              return type.cast(new TapCommand(terminal));
            }
            if (type == FunctionsCommand.class) {
              return type.cast(new FunctionsCommand(terminal));
            }
            if (type == DemoCommand.Mqtt.class) {
              return type.cast(new DemoCommand.Mqtt(terminal, drainDeadline));
            }
            return CommandLine.defaultFactory().create(type);
          }
        };
    return new CommandLine(new Main(), ours)
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setExecutionExceptionHandler(
            (e, command, parsed) -> FailureReport.report(e, terminal, verbose(command)))
        .execute(args);
  }

  private static boolean verbose(CommandLine command) {
    return command.getCommandSpec().userObject() instanceof RunCommand run && run.verbose();
  }

  /** Without a subcommand: how the command is used. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The version that the build wrote into the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"forebay " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
