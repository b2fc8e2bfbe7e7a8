package io.forebay.cli;

import io.forebay.connectors.file.DeadLetterFile;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline file that dead letters are sent through again. Whoever can write a letter could name
 * any file in it, and a pipeline file runs code: so one that only the letters name has to lie under
 * the working directory and to be the one that made them, and it is said which one it is.
 *
 * @param file the pipeline file
 * @param labels how the letters that are sent name it
 * @param named whether only the letters name it
 * @param notices what the person who starts it should know
 */
record DeadLetterPipeline(Path file, Set<String> labels, boolean named, List<String> notices) {

  /**
   * Chooses the pipeline file.
   *
   * @param given what the command line names, or null
   * @param workingDirectory what paths are relative to
   */
  static DeadLetterPipeline of(
      Path deadLetters,
      DeadLetterFile.Contents contents,
      @Nullable Path given,
      Path workingDirectory) {
    DeadLetterPipeline chosen =
        given == null
            ? named(deadLetters, contents, workingDirectory)
            : given(deadLetters, contents, given, workingDirectory);
    List<String> notices = new ArrayList<>(chosen.notices);
    contents
        .cutLine()
        .ifPresent(line ->
            notices.add(
                "Line "
                    + line
                    + " of '"
                    + deadLetters
                    + "', the last one, is not whole and is left out: it is still being written, or"
                    + " was cut."));
    return new DeadLetterPipeline(chosen.file, chosen.labels, chosen.named, notices);
  }

  private static DeadLetterPipeline named(
      Path deadLetters, DeadLetterFile.Contents contents, Path workingDirectory) {
    Set<String> labels = contents.pipelineFiles();
    if (labels.size() > 1) {
      throw new ConfigurationException(
          "the dead letters '"
              + deadLetters
              + "' are of several pipelines ("
              + list(labels)
              + "): name one with --pipeline, and its letters are sent");
    }
    String label = labels.iterator().next();
    if (label.isEmpty() || contents.identities(labels).contains("")) {
      throw new ConfigurationException(
          "the dead letters '"
              + deadLetters
              + "' do not name their pipeline file, or not what it was like: name it with"
              + " --pipeline");
    }
    try {
      if (!workingDirectory.resolve(label).toRealPath().startsWith(workingDirectory.toRealPath())) {
        throw new ConfigurationException(
            "the dead letters '"
                + deadLetters
                + "' name the pipeline file '"
                + label
                + "', outside the working directory, and it is not run because they say so: if it"
                + " is the right one, name it with --pipeline");
      }
    } catch (IOException | InvalidPathException e) {
      throw new ConfigurationException(
          "the dead letters '"
              + deadLetters
              + "' name the pipeline file '"
              + label
              + "', which cannot be found here: name it with --pipeline",
          e);
    }
    String notice =
        "The pipeline file is '" + label + "', which the dead letters '" + deadLetters + "' name.";
    return new DeadLetterPipeline(Path.of(label), labels, true, List.of(notice));
  }

  private static DeadLetterPipeline given(
      Path deadLetters, DeadLetterFile.Contents contents, Path given, Path workingDirectory) {
    Set<String> labels = contents.pipelineFiles();
    if (labels.size() == 1) {
      return new DeadLetterPipeline(given, labels, false, List.of());
    }
    Set<String> its =
        labels.stream()
            .filter(label -> isSame(label, given, workingDirectory))
            .collect(Collectors.toSet());
    if (its.isEmpty()) {
      throw new ConfigurationException(
          "none of the dead letters '"
              + deadLetters
              + "' is of '"
              + given
              + "': they are of "
              + list(labels)
              + ", so name one of these with --pipeline");
    }
    Set<String> others =
        labels.stream().filter(label -> !its.contains(label)).collect(Collectors.toSet());
    long left = contents.count(others);
    return new DeadLetterPipeline(
        given,
        its,
        false,
        List.of(left + " dead letters of other pipelines (" + list(others) + ") are left out."));
  }

  private static boolean isSame(String label, Path given, Path workingDirectory) {
    try {
      return workingDirectory
          .resolve(label)
          .toRealPath()
          .equals(workingDirectory.resolve(given).toRealPath());
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  private static String list(Set<String> labels) {
    return labels.stream()
        .map(label -> label.isEmpty() ? "one that is not named" : "'" + label + "'")
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
