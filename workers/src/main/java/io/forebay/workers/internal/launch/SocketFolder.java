package io.forebay.workers.internal.launch;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder in which a worker finds its engine's socket, for the moment of its start. Its name
 * says whose it is, so that what a killed engine has left behind is removed by the next one.
 */
final class SocketFolder {
  /** In it there is nothing but this. */
  static final String SOCKET = "worker";

  private static final Pattern NAME = Pattern.compile("forebay-([0-9]+)-([0-9]+)-.*");

  /** Where another container's processes cannot be seen: no start takes so long. */
  private static final Duration SURELY_LEFT = Duration.ofMinutes(10);

  /** Once in the life of an engine. */
  private static final AtomicBoolean SWEPT = new AtomicBoolean();

  private SocketFolder() {}

  /** A new one, which only this user can enter. */
  static Path create() throws IOException {
    Path folder =
        Files.createTempDirectory(
            "forebay-" + namespace() + "-" + ProcessHandle.current().pid() + "-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path temporary = folder.getParent();
    if (temporary != null && SWEPT.compareAndSet(false, true)) {
      sweep(temporary, modified(folder));
    }
    return folder;
  }

  static void remove(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(SOCKET));
    Files.deleteIfExists(folder);
  }

  /** Removes the folders of engines that have ended. */
  static void sweep(Path temporary, Instant now) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, "forebay-*")) {
      for (Path folder : folders) {
        if (isLeft(folder, now)) {
          remove(folder);
        }
      }
    } catch (IOException | RuntimeException e) {
      // Another user's, or removed by another engine meanwhile: it is no more than tidying up.
    }
  }

  private static boolean isLeft(Path folder, Instant now) throws IOException {
    Path name = folder.getFileName();
    Matcher parts = NAME.matcher(name == null ? "" : name.toString());
    if (!parts.matches() || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    if (parts.group(1).equals(namespace())) {
      return ProcessHandle.of(Long.parseLong(parts.group(2)))
          .filter(ProcessHandle::isAlive)
          .isEmpty();
    }
    return modified(folder).isBefore(now.minus(SURELY_LEFT));
  }

  private static Instant modified(Path folder) throws IOException {
    return Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant();
  }

  /** Names those among whose processes this one is; 0 where the system does not tell. */
  private static String namespace() {
    try {
      Path link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
      return link.toString().replaceAll("[^0-9]", "");
    } catch (IOException | RuntimeException e) {
      return "0";
    }
  }
}
