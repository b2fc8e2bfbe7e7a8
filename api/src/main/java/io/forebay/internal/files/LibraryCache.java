package io.forebay.internal.files;

import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * A native library out of a jar, unpacked once for each version into a folder that only its owner
 * can enter: {@code <name>-<CRC-32>-<length>.so}. A file is used only if it is what the jar has,
 * byte for byte; otherwise it is unpacked anew, beside it, and put into its place by renaming. So
 * two processes may do this at once, and whatever one that is killed leaves behind is not used, and
 * removed by a later one.
 *
 * @param name the file's name without its ending
 * @param folders where to keep it: the first one is taken in which that works
 */
public record LibraryCache(String name, List<Path> folders) {
  private static final Set<PosixFilePermission> ONLY_OWNER =
      PosixFilePermissions.fromString("rwx------");

  /** Versions that are kept, the newest ones: other processes may be about to load theirs. */
  private static final int KEPT = 3;

  private static final long MOST_MILLIS_OF_UNPACKING = 10 * 60_000;
  private static final String MAKING = "making-";

  /** The user's cache folder, or else one of his own among the temporary files. */
  public static LibraryCache of(String name) {
    List<Path> folders = new ArrayList<>();
    String cache = System.getenv("XDG_CACHE_HOME");
    String home = System.getProperty("user.home", "");
    if (cache != null && cache.startsWith("/")) {
      folders.add(Path.of(cache).resolve("forebay-native"));
    } else if (home.startsWith("/")) {
      folders.add(Path.of(home, ".cache", "forebay-native"));
    }
    String user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9_.-]", "_");
    folders.add(Path.of(System.getProperty("java.io.tmpdir"), "forebay-native-" + user));
    return new LibraryCache(name, folders);
  }

  /** What the jar says of the library. */
  private record Expected(URL resource, long crc, long length) {}

  /**
   * Hands the file to {@code load}; where that fails, one in the next folder.
   *
   * @param load throws an {@link IllegalArgumentException} if the file cannot be loaded, for
   *     example because its folder's file system does not allow it
   * @throws ConfigurationException in one sentence, if it works nowhere
   */
  public <T> T load(URL resource, Function<Path, T> load) {
    List<String> failures = new ArrayList<>();
    try {
      URLConnection connection = resource.openConnection();
      if (!(connection instanceof JarURLConnection jar)) {
        return load.apply(Path.of(resource.toURI()));
      }
      JarEntry entry = jar.getJarEntry();
      Expected expected = new Expected(resource, entry.getCrc(), entry.getSize());
      for (Path folder : folders) {
        try {
          return load.apply(unpacked(folder, expected));
        } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
          failures.add(folder + ": " + reason(e));
        }
      }
    } catch (IOException | URISyntaxException e) {
      failures.add(resource + ": " + reason(e));
    }
    throw new ConfigurationException(
        "the native library "
            + name
            + " cannot be unpacked and loaded ("
            + String.join("; ", failures)
            + "): make room there, or set XDG_CACHE_HOME to a folder from which programs may run");
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return message == null ? e.toString() : e.getClass().getSimpleName() + " " + message;
  }

  private Path unpacked(Path folder, Expected expected) throws IOException {
    makePrivate(folder);
    Path file = folder.resolve("%s-%08x-%d.so".formatted(name, expected.crc, expected.length));
    if (!isIntact(file, expected)) {
      Path made = make(folder, expected);
      try {
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        Files.deleteIfExists(made);
        throw e;
      }
      removeOthers(folder, file);
    }
    return file;
  }

  private static void makePrivate(Path folder) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(ONLY_OWNER));
    } catch (FileAlreadyExistsException e) {
      // It is looked at now.
    }
    PosixFileAttributes found =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isDirectory() || !isOwn(found) || !ONLY_OWNER.containsAll(found.permissions())) {
      throw new IOException("is not a folder of mode 0700 of this user's own");
    }
  }

  private static boolean isOwn(PosixFileAttributes file) throws IOException {
    Path self = Path.of("/proc/self");
    return !Files.exists(self) || Files.getOwner(self).equals(file.owner());
  }

  private static boolean isIntact(Path file, Expected expected) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        || Files.size(file) != expected.length) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return copy(in, OutputStream.nullOutputStream()) == expected.crc;
    }
  }

  /** A new file with the library, under a name of its own. */
  private static Path make(Path folder, Expected expected) throws IOException {
    Path made =
        Files.createTempFile(folder, MAKING, ".tmp"); // Of mode 0600, never one that was there.
    boolean whole = false;
    try (InputStream in = expected.resource.openStream();
        OutputStream out = Files.newOutputStream(made)) {
      whole = copy(in, out) == expected.crc;
    } finally {
      if (!whole) {
        Files.deleteIfExists(made);
      }
    }
    if (!whole) {
      throw new IOException("the jar's " + expected.resource + " is damaged");
    }
    return made;
  }

  private static long copy(InputStream in, OutputStream out) throws IOException {
    CRC32 crc = new CRC32();
    byte[] buffer = new byte[1 << 18];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      crc.update(buffer, 0, count);
      out.write(buffer, 0, count);
    }
    return crc.getValue();
  }

  /** Removes old versions, and what processes that were killed have left. */
  private void removeOthers(Path folder, Path file) {
    try (Stream<Path> files = Files.list(folder)) {
      FileTime now = Files.getLastModifiedTime(file);
      List<Path> versions = new ArrayList<>();
      for (Path each : files.toList()) {
        String other = each.getFileName().toString();
        if (other.startsWith(MAKING)) {
          if (now.toMillis() - changed(each) > MOST_MILLIS_OF_UNPACKING) {
            Files.deleteIfExists(each);
          }
        } else if (other.startsWith(name + "-") && !each.equals(file)) {
          versions.add(each);
        }
      }
      versions.sort(Comparator.comparingLong(LibraryCache::changed).reversed());
      for (int i = KEPT - 1; i < versions.size(); i++) {
        Files.deleteIfExists(versions.get(i));
      }
    } catch (IOException e) {
      // Another process tidies, too; what is left is looked at the next time.
    }
  }

  private static long changed(Path file) {
    try {
      return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis();
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }
}
