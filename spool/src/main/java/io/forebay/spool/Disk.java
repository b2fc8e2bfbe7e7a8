package io.forebay.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/**
 * What a spool does to the disk that a crash can undo; handed in, so that a test can put a disk in
 * its place that forgets what was not made durable. Files are made for their owner only.
 */
interface Disk {
  Disk REAL = new Disk() {};

  default FileChannel open(Path path, Set<? extends OpenOption> options) throws IOException {
    Set<OpenOption> all = new HashSet<>(options);
    all.add(LinkOption.NOFOLLOW_LINKS); // A link would lead out of the spool.
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return FileChannel.open(path, all);
    }
    Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rw-------");
    return FileChannel.open(path, all, PosixFilePermissions.asFileAttribute(owner));
  }

  /** Makes a folder that only its owner may enter, or makes it so. */
  static void ownFolder(Path directory) throws IOException {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(directory);
      return;
    }
    Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rwx------");
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(owner));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw new IOException("'" + directory + "' is no folder, and a spool is one", e);
      }
      if (!Files.getPosixFilePermissions(directory).equals(owner)) {
        Files.setPosixFilePermissions(directory, owner);
      }
    }
  }

  /** Gives {@code from} the name {@code to}, in place of the file that has it. */
  default void replace(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  default void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
  }

  /** Makes the names in a directory durable. */
  default void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (FileSystemException e) {
      // Windows cannot open directories; there, renames are durable in their own way.
      if (!System.getProperty("os.name", "").startsWith("Windows")) {
        throw e;
      }
    }
  }
}
