package io.forebay.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

  /**
   * Reads the file, with this process's environment and working directory.
   *
   * @param overrides changes of the form {@code stages.features.on=threads}
   * @throws InvalidPipelineFileException with a sentence for each thing that is wrong
   */
  public static PipelineConfig read(Path file, List<String> overrides) {
    Problems problems = new Problems();
    String text = "";
    try {
      if (Files.isRegularFile(file) && Files.size(file) > 4L * YamlReader.MAX_CHARACTERS) {
        problems.add(file.toString(), "", "has more than 1 MiB; a pipeline file is small");
      } else {
        text = Files.readString(file);
      }
    } catch (NoSuchFileException e) {
      problems.add(file.toString(), "", "there is no such file");
    } catch (CharacterCodingException e) {
      problems.add(file.toString(), "", "is not UTF-8 text");
    } catch (IOException e) {
      String why = Files.isDirectory(file) ? "is a folder, not a file" : "cannot be read: " + e;
      problems.add(file.toString(), "", why);
    }
    problems.throwIfAny();
    PipelineConfig config = parse(file.toString(), text, overrides, System::getenv, Path.of(""));
    config.attached().file(file.toString());
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? config : config.beside(folder.toString());
  }

  /**
   * Reads the text of a pipeline file.
   *
   * @param label what the file is called in messages
   * @param environment the value of an environment variable, or null
   * @param workingDirectory what relative paths are relative to
   * @throws InvalidPipelineFileException with a sentence for each thing that is wrong
   */
  public static PipelineConfig parse(
      String label,
      String text,
      List<String> overrides,
      Function<String, @Nullable String> environment,
      Path workingDirectory) {
    Problems problems = new Problems();
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
    PipelineConfig config = new RecordReader(problems).read(PipelineConfig.class, root, "");
    if (config != null) {
      new Rules(config, root, workingDirectory, problems).check();
    }
    problems.throwIfAny();
    Objects.requireNonNull(config).attached().secrets(interpolation.secrets());
    return config;
  }
}
