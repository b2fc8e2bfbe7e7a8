package io.forebay.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The file to which a summary goes. */
final class SummaryFile {
  private SummaryFile() {}

  /** Whether it is a file or becomes one; not a device or pipe, nor a link to one. */
  static boolean isFile(Path target) {
    return !Files.exists(target) || Files.isRegularFile(target);
  }

  /**
   * Replaces the file as a whole. A link in its place is replaced, too: what it leads to is not
   * written.
   */
  static void write(Path target, String summary) throws IOException {
    if (!isFile(target)) {
      Files.writeString(target, summary);
      return;
    }
    Optional<Path> folder = Optional.ofNullable(target.toAbsolutePath().getParent());
    if (folder.isPresent()) {
      Files.createDirectories(folder.get());
    }
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    if (!Files.isDirectory(temporary, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(temporary);
    }
    Files.writeString(temporary, summary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
