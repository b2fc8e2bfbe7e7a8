package io.forebay.cli;

import io.forebay.config.PipelineFile;
import io.forebay.config.model.PipelineConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option of all commands that read a pipeline file: what is changed in it. */
final class ChangeOptions {
  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes the pipeline, for example stages.features.on=threads or batch=20.")
  private List<String> changes = new ArrayList<>();

  /** One more, as if it had been given. */
  void add(String change) {
    changes.add(change);
  }

  /** Whether the pipeline is another one than the file's. */
  boolean isGiven() {
    return !changes.isEmpty();
  }

  /**
   * The file with the changes. From now on its secrets are hidden on the terminal.
   *
   * @throws io.forebay.errors.ConfigurationException if the file or a change is wrong
   */
  PipelineConfig read(Path file, Terminal terminal) {
    return PipelineFile.read(file, changes, terminal.hiding());
  }
}
