package io.forebay.cli.init;

import io.forebay.config.PipelineFile;
import io.forebay.config.Pipelines;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay init}. */
@Command(
    name = "init",
    description = {
      "Writes a first pipeline file for a file of readings (JSON Lines or CSV, also .gz and .zst),",
      "with the fields that are found in its first lines, and comments that say what can be added."
    },
    mixinStandardHelpOptions = true)
public final class InitCommand implements Callable<Integer> {
  private final PrintStream out;

  @Parameters(paramLabel = "DATA", description = "A file of readings.")
  private Path data = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.yaml",
      description = "What is written. Default: named as the data, in the working directory.")
  private @Nullable Path output;

  /** Prints there. */
  public InitCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    FirstPipeline first = FirstPipeline.of(data, Path.of("").toAbsolutePath());
    Path file = output == null ? Path.of(first.name() + ".yaml") : output;
    String text = first.yaml();
    // What is written can be run: it is read as `run` would, before.
    Pipelines.check(
            PipelineFile.parse(
                file.toString(), text, List.of(), System::getenv, Path.of("").toAbsolutePath()))
        .pipeline()
        .close();
    try {
      Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new ConfigurationException(
          "'" + file + "' is there already and was left as it is: name another file with --output",
          e);
    } catch (IOException e) {
      throw new ConfigurationException(
          "'" + file + "' cannot be written (" + e.getMessage() + "): name another with --output",
          e);
    }
    out.println(file + ": " + data + " with the fields " + first.fields());
    out.println("Run it: forebay run " + file);
    return 0;
  }
}
