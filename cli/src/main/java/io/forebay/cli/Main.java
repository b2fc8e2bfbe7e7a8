package io.forebay.cli;

import io.forebay.cli.connectors.ConnectorsCommand;
import io.forebay.cli.init.InitCommand;
import io.forebay.cli.letters.LettersCommand;
import io.forebay.cli.python.PythonPoolCommand;
import io.forebay.cli.screen.HidingStream;
import io.forebay.cli.screen.Screen;
import io.forebay.internal.files.StandardOutput;
import io.forebay.internal.text.Nearest;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line {@code forebay}. */
@Command(
    name = "forebay",
    description = "Runs CPU-heavy functions over live sensor streams on every core of a machine.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Done.",
      "1:The pipeline failed.",
      "2:The configuration or the command line is wrong; nothing was started.",
      "3:The drain deadline passed with work that is not acknowledged.",
      "4:Done, but records were rejected (only with --fail-on-rejected).",
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
    return commandLine(terminal, drainDeadline, args)
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler(Main::misused)
        .setExecutionExceptionHandler(
            (e, command, parsed) -> FailureReport.report(e, terminal, verbose(command)))
        .execute(args);
  }

  /**
   * Knows the command that is called, or all where none of them is: to look at one takes picocli
   * ten milliseconds, before anything has begun.
   */
  static CommandLine commandLine(Terminal terminal, Duration drainDeadline, String... args) {
    Map<String, Supplier<Object>> commands = commands(terminal, drainDeadline);
    CommandLine all = new CommandLine(new Main());
    if (args.length > 0 && commands.containsKey(args[0])) {
      return all.addSubcommand(commands.get(args[0]).get());
    }
    if (args.length != 1 || !args[0].equals("--version")) {
      commands.values().forEach(command -> all.addSubcommand(command.get()));
      all.addSubcommand("completion", new GenerateCompletion());
      all.addSubcommand("help", new CommandLine.HelpCommand());
    }
    return all;
  }

  /** By their names, which are those of their annotations. */
  private static Map<String, Supplier<Object>> commands(Terminal terminal, Duration drainDeadline) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("run", () -> new RunCommand(terminal, drainDeadline));
    commands.put("replay", () -> new ReplayCommand(terminal, drainDeadline));
    commands.put("init", () -> new InitCommand(terminal.out()));
    commands.put("letters", () -> new LettersCommand(terminal.out()));
    commands.put("validate", () -> new ValidateCommand(terminal));
    commands.put("explain", () -> new ExplainCommand(terminal));
    commands.put("bench", () -> new BenchCommand(terminal));
    commands.put("top", () -> new TopCommand(terminal));
    commands.put("tap", () -> new TapCommand(terminal));
    commands.put("functions", () -> new FunctionsCommand(terminal));
    commands.put("connectors", () -> new ConnectorsCommand(terminal.out()));
    commands.put("demo", () -> DemoCommand.of(terminal, drainDeadline));
    commands.put("python-pool", PythonPoolCommand::new);
    return commands;
  }

  private static int misused(ParameterException e, String[] args) throws Exception {
    CommandLine command = e.getCommandLine();
    if (e instanceof UnmatchedArgumentException unmatched
        && command.getParent() == null
        && !unmatched.getUnmatched().getFirst().startsWith("-")) {
      String word = unmatched.getUnmatched().getFirst();
      List<String> known =
          command.getSubcommands().values().stream()
              .filter(each -> !each.getCommandSpec().usageMessage().hidden())
              .map(CommandLine::getCommandName)
              .toList();
      command
          .getErr()
          .println(
              "forebay: there is no command '"
                  + word
                  + "': "
                  + Nearest.to(word, known)
                      .map(nearest -> "did you mean " + nearest + "?")
                      .orElse("there are " + String.join(", ", known)));
      return ExitCode.USAGE;
    }
    return new CommandLine(new Main()).getParameterExceptionHandler().handleParseException(e, args);
  }

  private static boolean verbose(CommandLine command) {
    return command.getCommandSpec().userObject() instanceof RunCommand run && run.verbose();
  }

  /** Without a subcommand: how the command is used. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /**
   * The version that the build wrote into the jar's manifest; in a package also the commit that it
   * was made of, and its day.
   */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"forebay " + (version == null ? "(unpackaged)" : version) + commit()};
    }

    private static String commit() {
      try {
        Path jar = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return " ("
            + Files.readString(jar.resolveSibling("commit")).strip().replace(" ", ", ")
            + ")";
      } catch (IOException | URISyntaxException | SecurityException e) {
        return ""; // No package.
      }
    }
  }
}
