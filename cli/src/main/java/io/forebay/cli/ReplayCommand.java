package io.forebay.cli;

import io.forebay.cli.log.LogLevel;
import io.forebay.cli.log.LogOptions;
import io.forebay.config.Replay;
import io.forebay.connectors.file.DeadLetterFile;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay replay}. */
@Command(
    name = "replay",
    description = {
      "Sends dead letters through their pipeline again.",
      "What passes now is added to the sinks; what is rejected again goes to a new file."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Duration drainDeadline;

  @Parameters(paramLabel = "LETTERS.jsonl", description = "The dead letters.")
  private Path deadLetters = Path.of("");

  @Option(
      names = "--pipeline",
      paramLabel = "FILE",
      description =
          "The pipeline file; without it, the one under the working directory that the dead letters"
              + " name and that made them.")
  private @Nullable Path pipeline;

  @Option(
      names = "--rejected",
      paramLabel = "FILE.jsonl",
      description = "Where that goes which is rejected again (default: beside LETTERS.jsonl).")
  private @Nullable Path rejected;

  @Mixin private ChangeOptions changes = new ChangeOptions();

  @Mixin private RunFiles files = new RunFiles();

  @Option(names = "--no-progress", description = "Prints nothing while it runs, but who is away.")
  private boolean noProgress;

  @Mixin private LogOptions log = new LogOptions();

  ReplayCommand(Terminal terminal, Duration drainDeadline) {
    this.terminal = terminal;
    this.drainDeadline = drainDeadline;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    terminal.log(log);
    DeadLetterFile.Contents contents = DeadLetterFile.read(deadLetters);
    if (contents.isEmpty()) {
      terminal.out().println("There are no dead letters in '" + deadLetters + "'.");
      return ExitCode.DONE;
    }
    DeadLetterPipeline chosen = DeadLetterPipeline.of(deadLetters, contents, pipeline, Path.of(""));
    chosen.notices().forEach(notice -> terminal.say(LogLevel.WARN, notice));
    Path again = rejected != null ? rejected : again(deadLetters);
    if (again.toAbsolutePath().normalize().equals(deadLetters.toAbsolutePath().normalize())) {
      throw new ConfigurationException(
          "what is rejected again cannot go to the file that is read: name another one with"
              + " --rejected");
    }
    Replay replay =
        new Replay(deadLetters, contents, chosen.labels(), chosen.named(), again.toString());
    return new RunCommand(terminal, drainDeadline)
        .replay(
            chosen.file(),
            changes,
            noProgress,
            files,
            config -> replay.prepare(config, files.written()));
  }

  /** {@code rejected.jsonl} becomes {@code rejected.again.jsonl}. */
  private static Path again(Path deadLetters) {
    String name = deadLetters.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String again =
        dot <= 0 ? name + ".again" : name.substring(0, dot) + ".again" + name.substring(dot);
    return deadLetters.resolveSibling(again);
  }
}
