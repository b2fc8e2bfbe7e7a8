package io.forebay.config;

import io.forebay.config.internal.reading.ConfigBinder;
import io.forebay.config.internal.reading.Interpolation;
import io.forebay.config.internal.reading.Node;
import io.forebay.config.internal.reading.Overrides;
import io.forebay.config.internal.reading.Problems;
import io.forebay.config.internal.reading.SmallFile;
import io.forebay.config.internal.reading.YamlReader;
import io.forebay.config.internal.rules.Rules;
import io.forebay.config.model.InvalidPipelineFileException;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.secrets.Secrets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads pipeline files (YAML, version 1). Starts nothing and opens nothing but the file, and the
 * files of secrets that it names. Paths in it are relative to the working directory; only Python
 * modules are looked for beside the file, too.
 */
public final class PipelineFile {
  private PipelineFile() {}

  /** Reads the file, with this process's environment and working directory. */
  public static PipelineConfig read(Path file, List<String> overrides) {
    return read(file, overrides, new Secrets());
  }

  /**
   * Reads the file, with this process's environment and working directory.
   *
   * @param overrides changes of the form {@code stages.features.on=threads}
   * @param secrets gets those of the file, as soon as they are known
   * @throws InvalidPipelineFileException with a sentence for each thing that is wrong
   */
  public static PipelineConfig read(Path file, List<String> overrides, Secrets secrets) {
    Problems problems = new Problems(secrets);
    String text = "";
    try {
      text = SmallFile.read(file, YamlReader.MAX_BYTES);
    } catch (SmallFile.RefusedException e) {
      problems.add(
          file.toString(),
          "",
          Files.notExists(file) ? "there is no such file" : String.valueOf(e.getMessage()));
    }
    problems.throwIfAny();
    PipelineConfig config =
        parse(file.toString(), text, overrides, System::getenv, Path.of(""), secrets);
    config.attached().file(file.toString());
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? config : config.beside(folder.toString());
  }

  /** Reads the text of a pipeline file. */
  public static PipelineConfig parse(
      String label,
      String text,
      List<String> overrides,
      Function<String, @Nullable String> environment,
      Path workingDirectory) {
    return parse(label, text, overrides, environment, workingDirectory, new Secrets());
  }

  /**
   * Reads the text of a pipeline file.
   *
   * @param label what the file is called in messages
   * @param environment the value of an environment variable, or null
   * @param workingDirectory what relative paths are relative to
   * @param secrets gets those of the file, as soon as they are known
   * @throws InvalidPipelineFileException with a sentence for each thing that is wrong
   */
  public static PipelineConfig parse(
      String label,
      String text,
      List<String> overrides,
      Function<String, @Nullable String> environment,
      Path workingDirectory,
      Secrets secrets) {
    Problems problems = new Problems(secrets);
    Interpolation interpolation = new Interpolation(environment);
    Node node = YamlReader.file(label, text, interpolation, problems);
    if (!(node instanceof Node.Mapping root)) {
      problems.add(
          node.origin(),
          "",
          "holds no pipeline; it needs the keys name, sources, stages and sinks");
      problems.throwIfAny();
      throw new AssertionError("a problem was added");
    }
    Overrides apply = new Overrides(root, interpolation, problems);
    overrides.forEach(apply::apply);
    PipelineConfig config = new ConfigBinder(problems).read(PipelineConfig.class, root, "");
    if (config != null) {
      new Rules(config, root, workingDirectory, problems).check();
    }
    problems.throwIfAny();
    Objects.requireNonNull(config).attached().secrets(secrets);
    return config;
  }
}
