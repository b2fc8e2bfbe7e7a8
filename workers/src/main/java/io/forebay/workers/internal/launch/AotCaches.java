package io.forebay.workers.internal.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.workers.api.AotCaching;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.internal.binding.ErrorText;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The AOT cache from which the worker processes of this process start. Thread-safe. */
public final class AotCaches {
  /**
   * System property: an AOT cache that fits the class path of this process, for workers to start
   * from. One that does not fit is ignored by the virtual machine.
   */
  static final String FILE = "io.forebay.workers.aotCache";

  /** System property: where caches are kept, in place of the user's cache directory. */
  static final String DIRECTORY = "io.forebay.workers.aotDirectory";

  /** From which workers did not start: the current one, or those that were given. */
  @GuardedBy("AotCaches.class")
  private static final Set<Path> DISTRUSTED = new HashSet<>();

  @GuardedBy("AotCaches.class")
  private static @Nullable AotCache current;

  @GuardedBy("AotCaches.class")
  private static boolean making;

  private AotCaches() {}

  /** A pool is about to start: see {@link AotCaching}. */
  public static void prepare(AotCaching caching, WorkerLog log) {
    if (caching == AotCaching.OFF || !System.getProperty(FILE, "").isEmpty()) {
      return;
    }
    AotCache cache = current();
    if (caching == AotCaching.BEFORE_START) {
      make(cache, log);
      return;
    }
    synchronized (AotCaches.class) {
      if (making || cache.verified().isPresent()) {
        return;
      }
      making = true; // Once for this process, whatever comes of it.
    }
    Thread.ofPlatform().daemon().name("forebay-aot").start(() -> make(cache, log));
  }

  private static void make(AotCache cache, WorkerLog log) {
    try {
      cache.make(log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      log.supervised("no AOT cache could be made: " + ErrorText.headline(e));
    }
  }

  /** A worker that starts now: from the AOT cache, if there is one that fits. */
  public static JavaProgram program() {
    return usable()
        .filter(file -> !isDistrusted(file))
        .map(JavaProgram::from)
        .orElseGet(JavaProgram::here);
  }

  /** The file from which a worker would start that starts now. */
  static Optional<Path> usable() {
    String given = System.getProperty(FILE, "");
    if (!given.isEmpty()) {
      return Optional.of(Path.of(given));
    }
    AotCache cache;
    synchronized (AotCaches.class) {
      cache = current;
    }
    return cache == null ? Optional.empty() : cache.verified();
  }

  /**
   * A worker did not start from that cache, but did without: no worker of this process starts from
   * it any more.
   *
   * @return what was done about it, unless that was said before
   */
  public static Optional<String> distrust(Path file) {
    AotCache cache;
    synchronized (AotCaches.class) {
      if (!DISTRUSTED.add(file)) {
        return Optional.empty();
      }
      cache = current;
    }
    if (cache == null || !cache.isAt(file)) {
      return Optional.of("not used any more: make it anew for this JDK and class path");
    }
    return Optional.of(
        cache.distrust()
            ? "removed, and the next process makes another one: if that fails, too, switch it off"
                + " with aotCache(OFF)"
            : "not used any more by this process, but could not be removed: remove it");
  }

  private static synchronized boolean isDistrusted(Path file) {
    return DISTRUSTED.contains(file);
  }

  private static synchronized AotCache current() {
    AotCache cache = current;
    if (cache == null) {
      cache = new AotCache(directory(), new AotRecipe(System.getProperty("java.class.path", "")));
      current = cache;
    }
    return cache;
  }

  private static Path directory() {
    String chosen = System.getProperty(DIRECTORY, "");
    if (!chosen.isEmpty()) {
      return Path.of(chosen);
    }
    String base = System.getenv("XDG_CACHE_HOME");
    return (base == null || base.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(base))
        .resolve("forebay-aot");
  }
}
