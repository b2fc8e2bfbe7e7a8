package io.forebay.workers.internal.supervision;

import io.forebay.workers.api.Recycling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * Decides which workers have worked enough. The limits of each are drawn within ± 10 %, so that
 * workers that began together do not end together. Belongs to the supervisor's thread.
 */
public final class Recycler {
  private static final double JITTER = 0.1;
  private static final long LOOK_NANOS = 250_000_000;
  private static final long PAGE_BYTES = 4096;

  private final Recycling when;
  private final Random random;
  private final Map<Worker, Limits> limits = new HashMap<>();

  private static final class Limits {
    final long calls;
    final long residentBytes;
    long lookedAt;
    boolean grown;

    Limits(long calls, long residentBytes) {
      this.calls = calls;
      this.residentBytes = residentBytes;
    }
  }

  Recycler(Recycling when, Random random) {
    this.when = when;
    this.random = random;
  }

  /** A worker is ready: how much it holds now is what its growth is measured from. */
  void begins(Worker worker) {
    if (when.isWanted()) {
      long calls = when.calls() == 0 ? Long.MAX_VALUE : about(when.calls());
      long bytes =
          when.growthBytes() == 0
              ? Long.MAX_VALUE
              : residentBytes(worker.process.pid()) + about(when.growthBytes());
      limits.put(worker, new Limits(calls, bytes));
    }
  }

  void ended(Worker worker) {
    limits.remove(worker);
  }

  /** Whether the worker, which has answered {@code calls} calls, is to be replaced. */
  boolean isDue(Worker worker, long calls, long now) {
    Limits limit = limits.get(worker);
    if (limit == null) {
      return false;
    }
    if (limit.residentBytes != Long.MAX_VALUE && now - limit.lookedAt >= LOOK_NANOS) {
      limit.lookedAt = now;
      limit.grown |= residentBytes(worker.process.pid()) > limit.residentBytes;
    }
    return calls >= limit.calls || limit.grown;
  }

  private long about(long value) {
    return Math.max(1, Math.round(value * (1 - JITTER + 2 * JITTER * random.nextDouble())));
  }

  /** The resident size of a process; 0 where the system does not tell. */
  public static long residentBytes(long pid) {
    try {
      String[] pages = Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ", -1);
      return Long.parseLong(pages[1]) * PAGE_BYTES;
    } catch (IOException | RuntimeException e) {
      return 0; // It has ended, or this is not Linux.
    }
  }
}
