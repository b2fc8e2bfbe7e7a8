package io.forebay.cli;

import io.forebay.config.JsonSchema;
import io.forebay.config.Pipelines;
import io.forebay.config.Places;
import io.forebay.config.model.PipelineConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code forebay validate}. */
@Command(
    name = "validate",
    description = "Checks a pipeline file, its functions and its input files, and starts nothing.",
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec = CommandSpec.create(); // replaced by picocli

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "The pipeline file.")
  private @Nullable Path file;

  @Mixin private ChangeOptions changes = new ChangeOptions();

  @Option(names = "--schema", description = "Prints the JSON Schema of pipeline files instead.")
  private boolean schema;

  ValidateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (schema) {
      terminal.out().print(JsonSchema.ofPipelineFiles());
      return ExitCode.DONE;
    }
    if (file == null) {
      throw new ParameterException(spec.commandLine(), "Missing required parameter: 'FILE'");
    }
    PipelineConfig config = changes.read(file, terminal);
    Pipelines.Prepared prepared = Pipelines.check(config);
    prepared.pipeline().close();
    Places.require(config);
    terminal.out().println(Description.of(config));
    prepared.notices().forEach(terminal.out()::println);
    terminal.out().println(file + " is valid.");
    return ExitCode.DONE;
  }
}
