package io.forebay.workers.internal.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.internal.binding.ErrorText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The AOT cache of one JDK and class path, in a directory of the user: {@code <hash>.aot}, and
 * beside it {@code <hash>.seal}, which says for what it was made, its length and its CRC-32C. A
 * cache is used only if the seal fits in every respect; otherwise it is made anew. The virtual
 * machine checks once more, and starts without a cache that it does not like.
 *
 * <p>Thread-safe: of all threads and processes, one makes a cache, and puts cache and seal in their
 * places by renaming. A seal that fits the cache of another process by name only does not fit it by
 * its checksum.
 */
final class AotCache {
  private static final Set<PosixFilePermission> ONLY_OWNER =
      PosixFilePermissions.fromString("rwx------");
  private static final int KEPT = 8;

  private final Path directory;
  private final AotRecipe recipe;
  private final Path cache;
  private final Path seal;

  /** What was verified last, and when the file was changed then. */
  @GuardedBy("this")
  private @Nullable String verified;

  @GuardedBy("this")
  private boolean distrusted;

  AotCache(Path directory, AotRecipe recipe) {
    this.directory = directory;
    this.recipe = recipe;
    String name = hash(recipe.fingerprint());
    this.cache = directory.resolve(name + ".aot");
    this.seal = directory.resolve(name + ".seal");
  }

  /** The cache, if it is there and fits; reads all of it the first time. */
  synchronized Optional<Path> verified() {
    if (distrusted) {
      return Optional.empty();
    }
    try {
      if (!isPrivate(directory) || !Files.isRegularFile(cache, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      String state = state(cache);
      if (!state.equals(verified)) {
        if (!Files.readString(seal).equals(sealOf(cache))) {
          return Optional.empty();
        }
        verified = state;
      }
      return Optional.of(cache);
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // Not there, or gone meanwhile: workers start without.
    }
  }

  /**
   * A worker did not start from it: it is removed, and none is made or used by this process any
   * more.
   *
   * @return whether it could be removed
   */
  synchronized boolean distrust() {
    distrusted = true;
    try {
      Files.deleteIfExists(seal);
      Files.deleteIfExists(cache);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private synchronized boolean isDistrusted() {
    return distrusted;
  }

  /** Whether it is kept in that file. */
  boolean isAt(Path file) {
    return cache.equals(file);
  }

  /**
   * Makes the cache, unless it is there, or another process is about to make it: takes some
   * seconds.
   *
   * @return whether there is one now
   */
  boolean make(WorkerLog log) throws InterruptedException {
    if (verified().isPresent()) {
      return true;
    }
    try {
      if (isDistrusted() || !recipe.isPossible()) {
        return false;
      }
      Files.createDirectories(directory.toAbsolutePath().getParent());
      if (Files.notExists(directory)) {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(ONLY_OWNER));
      }
      if (!isPrivate(directory)) {
        log.supervised(
            "no AOT cache is kept in "
                + directory
                + " because others may write there: workers start without, make it yours with mode"
                + " 0700");
        return false;
      }
      Path lock = directory.resolve("lock");
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.tryLock()) {
        return held != null && (verified().isPresent() || makeAlone());
      } catch (OverlappingFileLockException e) {
        return false; // Another thread of this process makes it.
      }
    } catch (IOException | UnsupportedOperationException e) {
      log.supervised(
          "no AOT cache could be made in "
              + directory
              + ": "
              + ErrorText.headline(e)
              + "; workers start without");
      return false;
    }
  }

  private boolean makeAlone() throws IOException, InterruptedException {
    Path made = Files.createTempFile(directory, "making-", ".tmp");
    Path sealed = Files.createTempFile(directory, "making-", ".tmp");
    try {
      Files.delete(made); // The virtual machine makes it.
      if (!recipe.make(made) || !Files.isRegularFile(made)) {
        return false;
      }
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
      Files.writeString(sealed, sealOf(made));
      synchronized (this) {
        Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
        Files.move(sealed, seal, StandardCopyOption.ATOMIC_MOVE);
        verified = null;
      }
      forgetOld();
      return verified().isPresent();
    } finally {
      Files.deleteIfExists(made);
      Files.deleteIfExists(sealed);
      Files.deleteIfExists(made.resolveSibling(made.getFileName() + ".config"));
    }
  }

  /** Keeps the caches that were made last. */
  private void forgetOld() throws IOException {
    List<Path> old;
    try (Stream<Path> files = Files.list(directory)) {
      old =
          files
              .filter(file -> file.toString().endsWith(".aot"))
              .sorted(Comparator.comparingLong(AotCache::changed).reversed())
              .skip(KEPT)
              .toList();
    }
    for (Path file : old) {
      String name = file.getFileName().toString();
      Files.deleteIfExists(
          file.resolveSibling(name.substring(0, name.length() - ".aot".length()) + ".seal"));
      Files.deleteIfExists(file);
    }
  }

  private static long changed(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      return 0; // Gone.
    }
  }

  private String sealOf(Path file) throws IOException {
    CRC32C sum = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    long length = 0;
    try (FileChannel channel = FileChannel.open(file)) {
      for (int read = channel.read(buffer); read >= 0; read = channel.read(buffer)) {
        length += read;
        sum.update(buffer.flip());
        buffer.clear();
      }
    }
    return recipe.fingerprint()
        + "length "
        + length
        + "\ncrc32c "
        + Long.toHexString(sum.getValue())
        + "\n";
  }

  /** What changes when the file does. */
  private static String state(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return attributes.fileKey() + " " + attributes.size() + " " + attributes.lastModifiedTime();
  }

  /** Whether nobody but this user may write to the directory. */
  private static boolean isPrivate(Path directory) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Path self = Path.of("/proc/self");
    boolean owned = !Files.exists(self) || Files.getOwner(self).equals(attributes.owner());
    return attributes.isDirectory() && owned && ONLY_OWNER.containsAll(attributes.permissions());
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every JDK has it.
    }
  }
}
