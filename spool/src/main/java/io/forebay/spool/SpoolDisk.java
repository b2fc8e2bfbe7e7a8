package io.forebay.spool;

import io.forebay.internal.files.Disk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/** The disk as a spool sees it: files are made for their owner only, and no link is followed. */
interface SpoolDisk extends Disk {
  SpoolDisk REAL = new SpoolDisk() {};

  @Override
  default FileChannel open(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
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
}
