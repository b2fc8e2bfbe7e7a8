package io.forebay.cli.report;

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
import java.util.function.Consumer;

/**
 * A file to which something goes that was measured.
 *
 * @param what that is: {@code the summary}
 * @param option that names the file: {@code --summary}
 */
public record ResultFile(String what, String option, Path target) {
  /** Whether it is a file or becomes one; not a device or pipe, nor a link to one. */
  public boolean isFile() {
    return !Files.exists(target) || Files.isRegularFile(target);
  }

  /**
   * Makes its folder, before anything begins whose result could go nowhere.
   *
   * @throws ConfigurationException if it cannot be written
   */
  public void prepare() {
    if (Files.isDirectory(target)) {
      throw refused("it is a folder: name a file");
    }
    try {
      makeFolder();
    } catch (IOException e) {
      throw refused(reason(e) + ": name another place, or leave out " + option);
    }
    Path folder = target.toAbsolutePath().getParent();
    if (isFile() && folder != null && !Files.isWritable(folder)) {
      throw refused("permission denied: name another place, or leave out " + option);
    }
  }

  private ConfigurationException refused(String why) {
    return new ConfigurationException(
        what + " cannot be written to '" + target + "', and nothing was started: " + why);
  }

  private void makeFolder() throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder != null && isFile()) {
      Files.createDirectories(folder);
    }
  }

  /**
   * Writes it. What was measured stays as it is, whether this succeeds or not.
   *
   * @param lost is told in one sentence if it does not
   */
  public void write(String result, Consumer<String> lost) {
    try {
      write(result);
    } catch (IOException e) {
      lost.accept(lost(e));
    }
  }

  /**
   * Replaces the file as a whole. A link in its place is replaced, too: what it leads to is not
   * written.
   */
  private void write(String result) throws IOException {
    if (!isFile()) {
      Files.writeString(target, result);
      return;
    }
    makeFolder();
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    if (!Files.isDirectory(temporary, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(temporary);
    }
    try {
      Files.writeString(temporary, result, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileAlreadyExistsException e) {
      throw e; // What lies there is not ours.
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  /** What is said at the end of a run whose result could not be written. */
  private String lost(IOException cause) {
    return what
        + " could not be written to '"
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
