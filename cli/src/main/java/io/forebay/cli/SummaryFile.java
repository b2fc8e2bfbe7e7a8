package io.forebay.cli;

import io.forebay.errors.ConfigurationException;
import io.forebay.internal.files.Remedy;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The file to which a summary goes. */
record SummaryFile(Path target) {
  /** The file that the run writes as its own; none where it is a device or pipe. */
  List<Path> written() {
    return isFile() ? List.of(target) : List.of();
  }

  /** Whether it is a file or becomes one; not a device or pipe, nor a link to one. */
  private boolean isFile() {
    return !Files.exists(target) || Files.isRegularFile(target);
  }

  /**
   * Makes its folder, before a run begins whose summary could go nowhere.
   *
   * @throws ConfigurationException if it cannot be written
   */
  void prepare() {
    if (Files.isDirectory(target)) {
      throw refused("it is a folder: name a file");
    }
    try {
      makeFolder();
    } catch (IOException e) {
      throw refused(reason(e) + ": name another place, or leave out --summary");
    }
    Path folder = target.toAbsolutePath().getParent();
    if (isFile() && folder != null && !Files.isWritable(folder)) {
      throw refused("permission denied: name another place, or leave out --summary");
    }
  }

  private ConfigurationException refused(String why) {
    return new ConfigurationException(
        "the summary cannot be written to '" + target + "', and nothing was started: " + why);
  }

  private void makeFolder() throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder != null && isFile()) {
      Files.createDirectories(folder);
    }
  }

  /**
   * Replaces the file as a whole. A link in its place is replaced, too: what it leads to is not
   * written.
   */
  void write(String summary) throws IOException {
    if (!isFile()) {
      Files.writeString(target, summary);
      return;
    }
    makeFolder();
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    if (!Files.isDirectory(temporary, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(temporary);
    }
    try {
      Files.writeString(
          temporary, summary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileAlreadyExistsException e) {
      throw e; // What lies there is not ours.
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  /** What is said at the end of a run whose summary could not be written. */
  String lost(IOException cause) {
    return "the summary could not be written to '"
        + target
        + "' ("
        + reason(cause)
        + "): the run ended as is said above, and so says the exit code; to have the next one, "
        + Remedy.of(cause);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException gone -> "its folder is gone";
      case AccessDeniedException denied -> "permission denied";
      case FileAlreadyExistsException there -> "'" + there.getFile() + "' is in the way";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
