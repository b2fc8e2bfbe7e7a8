package io.forebay.cli.explain;

import io.forebay.config.PipelineFile;
import io.forebay.config.Pipelines;
import io.forebay.config.StageEdit;
import io.forebay.config.model.InvalidPipelineFileException;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.model.StageConfig;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * A pipeline file that is going to be changed, as it was when it was read. It is replaced as a
 * whole, by a file that was checked, or not at all.
 */
public final class PipelineEdit {
  private static final String NOTHING = ": nothing was written, ";

  private final Path file;
  private final String before;

  private PipelineEdit(Path file, String before) {
    this.file = file;
    this.before = before;
  }

  /**
   * Remembers the file as it is.
   *
   * @throws ConfigurationException in one sentence, if it could not be replaced
   */
  public static PipelineEdit of(Path path) {
    try {
      Path file = path.toRealPath(); // A link stays one.
      Path folder = file.getParent();
      if (!Files.isRegularFile(file) || folder == null || !Files.isWritable(folder)) {
        throw refused(path, "it cannot be replaced" + NOTHING + "make its folder writable");
      }
      return new PipelineEdit(file, Files.readString(file));
    } catch (CharacterCodingException e) {
      throw refused(path, "it is not UTF-8" + NOTHING + "save it as UTF-8");
    } catch (IOException e) {
      throw refused(path, "it cannot be read (" + e.getMessage() + ")" + NOTHING + "mend that");
    }
  }

  /**
   * Writes the change into the file.
   *
   * @param config what the file says without it
   * @throws ConfigurationException in one sentence, with the file as it was, if it has changed
   *     meanwhile or cannot have this change
   */
  public void write(Explanation explanation, PipelineConfig config) {
    explanation.change().ifPresent(change -> write(change, config));
  }

  void write(Change change, PipelineConfig config) {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".forebay.tmp");
    try {
      String after =
          StageEdit.apply(
              before,
              new StageEdit.Keys(change.stage(), change.kind(), change.set(), change.dropped()));
      Files.deleteIfExists(temporary);
      Files.writeString(temporary, after, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try {
        check(change, config, temporary);
        if (!Files.readString(file).equals(before)) {
          throw refused(
              file, "it was changed by somebody else meanwhile" + NOTHING + "explain it again");
        }
        Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(file));
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw refused(
          file, "it cannot be replaced (" + e.getMessage() + ")" + NOTHING + "change it by hand");
    }
  }

  /** Whether the changed file says what the file says, but for the change. */
  private void check(Change change, PipelineConfig config, Path changed) {
    PipelineConfig after;
    try {
      after = PipelineFile.read(changed, List.of());
      Pipelines.check(after).pipeline().close();
    } catch (InvalidPipelineFileException e) {
      throw refused(
          file,
          "it would not be valid with the change ("
              + e.problems().getFirst()
              + ")"
              + NOTHING
              + "change it by hand");
    }
    boolean others =
        after.sources().equals(config.sources())
            && after.sinks().equals(config.sinks())
            && but(after, change.stage()).equals(but(config, change.stage()));
    boolean that =
        after.stages().size() == config.stages().size()
            && function(after, change.stage()).equals(function(config, change.stage()));
    if (!others || !that) {
      throw refused(
          file,
          "the stage '"
              + change.stage()
              + "' shares what is to be changed with another place, by an anchor"
              + NOTHING
              + "write the shared values out, or change it by hand");
    }
  }

  private static List<StageConfig> but(PipelineConfig config, String stage) {
    return config.stages().stream().filter(each -> !each.name().equals(stage)).toList();
  }

  private static Optional<String> function(PipelineConfig config, String stage) {
    return config.stages().stream()
        .filter(each -> each.name().equals(stage))
        .map(StageConfig::function)
        .findFirst();
  }

  private static ConfigurationException refused(Path file, String why) {
    return new ConfigurationException("'" + file.getFileName() + "' cannot be changed: " + why);
  }
}
