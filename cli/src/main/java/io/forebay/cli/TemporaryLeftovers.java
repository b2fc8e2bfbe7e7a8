package io.forebay.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What processes of this user that were killed have left among the temporary files: native
 * libraries that clients unpack for each process (DuckDB's of earlier versions, 72 MB each; those
 * for compression), and the folders in which workers find their engine. Removed if it is of this
 * user, has not been changed for ten minutes, and no process has it mapped. On Linux only, where
 * that can be told.
 *
 * @param folder of temporary files
 * @param processes {@code /proc}
 */
record TemporaryLeftovers(Path folder, Path processes) {
  private static final long LEAST_AGE_MILLIS = 10 * 60_000;

  private static final Pattern LIBRARY =
      Pattern.compile(
          "libduckdb_java\\d+\\.so|libzstd-jni-[0-9.-]+\\.so|liblz4-java-\\d+\\.so(\\.lck)?"
              + "|snappy-[0-9.]+-[0-9a-f-]{36}-libsnappyjava\\.so");

  /** A worker connects within 30 s, and the folder is removed then. */
  private static final Pattern WORKER_FOLDER = Pattern.compile("forebay-\\d+");

  private static final String WORKER_SOCKET = "worker";
  private static final Pattern MAPPED = Pattern.compile("(?m) (/\\S+)$");

  /** Those of this machine. */
  static TemporaryLeftovers here() {
    return new TemporaryLeftovers(Path.of(System.getProperty("java.io.tmpdir")), Path.of("/proc"));
  }

  /** Looks for them on a thread of its own, which nothing waits for. */
  static void removeInBackground() {
    Thread.ofPlatform().daemon().name("forebay-leftovers").start(() -> here().remove());
  }

  /** Removes them; what cannot be removed stays. */
  void remove() {
    try {
      Path self = processes.resolve("self");
      if (!Files.exists(self)) {
        return;
      }
      UserPrincipal user = Files.getOwner(self);
      List<Path> old = old(user, now());
      if (old.isEmpty()) {
        return;
      }
      Set<String> mapped = mapped();
      for (Path each : old) {
        if (!mapped.contains(each.toString())) {
          delete(each);
        }
      }
    } catch (IOException | UnsupportedOperationException e) {
      // Another process, or the next one, tidies.
    }
  }

  /** By the clock that gives files their times. */
  private long now() throws IOException {
    Path now = Files.createTempFile(folder, "forebay-now", ".tmp");
    try {
      return Files.getLastModifiedTime(now).toMillis();
    } finally {
      Files.deleteIfExists(now);
    }
  }

  private List<Path> old(UserPrincipal user, long now) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        boolean library = LIBRARY.matcher(name).matches();
        if (library || WORKER_FOLDER.matcher(name).matches()) {
          PosixFileAttributes attributes = attributes(file);
          if (attributes != null
              && (library ? attributes.isRegularFile() : attributes.isDirectory())
              && attributes.owner().equals(user)
              && now - attributes.lastModifiedTime().toMillis() > LEAST_AGE_MILLIS) {
            found.add(file);
          }
        }
      }
    }
    return found;
  }

  private static @Nullable PosixFileAttributes attributes(Path file) {
    try {
      return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return null; // It is gone.
    }
  }

  private static void delete(Path leftover) {
    try {
      if (Files.isDirectory(leftover, LinkOption.NOFOLLOW_LINKS)) {
        Files.deleteIfExists(leftover.resolve(WORKER_SOCKET));
      }
      Files.deleteIfExists(leftover);
    } catch (IOException e) {
      // Something else lies in it: it is none of ours.
    }
  }

  /** The files that some process of this user has mapped. */
  private Set<String> mapped() throws IOException {
    Set<String> mapped = new HashSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(processes, "[0-9]*")) {
      for (Path process : all) {
        try {
          byte[] maps = Files.readAllBytes(process.resolve("maps"));
          Matcher path = MAPPED.matcher(new String(maps, StandardCharsets.UTF_8));
          while (path.find()) {
            mapped.add(path.group(1));
          }
        } catch (IOException e) {
          // Another user's, or gone.
        }
      }
    }
    return mapped;
  }
}
