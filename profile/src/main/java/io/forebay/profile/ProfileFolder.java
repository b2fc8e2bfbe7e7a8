package io.forebay.profile;

import io.forebay.errors.ConfigurationException;
import io.forebay.internal.files.Remedy;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Where a profile's pages go: a folder of its own, in which the next profile takes their place. */
record ProfileFolder(Path path) {
  static final String INDEX = "index.html";
  static final String ENGINE = "engine.html";
  static final String PIPELINE = "pipeline.html";
  static final String STACKS = "stacks.collapsed";

  private static final Pattern OURS =
      Pattern.compile(
          "index\\.html|engine\\.html|pipeline\\.html|stacks\\.collapsed|\\d+-.*\\.html");

  private static final int MOST_OF_NAME = 80;

  /** The page of a stage. */
  static String page(int stage, String name) {
    String plain = name.replaceAll("[^\\p{L}\\p{N}._-]", "_");
    String cut = plain.length() <= MOST_OF_NAME ? plain : plain.substring(0, MOST_OF_NAME);
    return (stage + 1) + "-" + cut + ".html";
  }

  /**
   * Makes it, before a run begins whose profile could go nowhere, and removes what an earlier
   * profile has left in it.
   *
   * @throws ConfigurationException if nothing can be written there, or it holds something else
   */
  void prepare() {
    try {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        throw refused("it is no folder: name one");
      }
      Files.createDirectories(path);
      List<Path> earlier = earlier();
      Path trial = Files.createTempFile(path, "trial", ".tmp");
      Files.delete(trial);
      for (Path each : earlier) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw refused(reason(e) + ": name another place with --profile=FOLDER, or leave it out");
    }
  }

  private List<Path> earlier() throws IOException {
    List<Path> earlier = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        if (!OURS.matcher(String.valueOf(file.getFileName())).matches()) {
          throw refused(
              "it holds '"
                  + file.getFileName()
                  + "', which is no part of a profile: name an empty folder or a new one");
        }
        earlier.add(file);
      }
    }
    return earlier;
  }

  private ConfigurationException refused(String why) {
    return new ConfigurationException(
        "the profile cannot be written to '" + path + "', and nothing was started: " + why);
  }

  void write(String name, String content) throws IOException {
    Files.createDirectories(path);
    Files.writeString(path.resolve(name), content);
  }

  void write(String name, List<String> lines) throws IOException {
    Files.createDirectories(path);
    Files.write(path.resolve(name), lines);
  }

  /** What is said where a run has ended and its profile could not be written. */
  String lost(Exception cause) {
    return "the profile could not be written to '"
        + path
        + "' ("
        + reason(cause)
        + "): the run ended as is said above, and so says the exit code; to have the next one, "
        + Remedy.of(cause);
  }

  private static String reason(Exception e) {
    return switch (e) {
      case AccessDeniedException denied -> "permission denied";
      case FileAlreadyExistsException there -> "'" + there.getFile() + "' is in the way";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
