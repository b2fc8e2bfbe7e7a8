package io.forebay.workers.internal.process;

import io.forebay.workers.api.MonotonicClock;
import java.io.File;

/**
 * In a worker: whether it has taken so much of its heap, of descriptors or of threads that another
 * one had better go on. What the function keeps from its first calls on, a model for example, is no
 * sign of growth: growth counts from there. Belongs to the thread that calls the function.
 */
final class ResourceGrowth {
  private static final long LOOK_NANOS = 5_000_000;
  private static final long COUNT_NANOS = 250_000_000;
  private static final double SHARE = 0.75;
  private static final int MOST_THREADS = 512;
  private static final int MOST_DESCRIPTORS = 2_000;

  /** To look what is garbage takes no more than one in so many parts of the time. */
  private static final int COLLECT_RARELY = 20;

  private final Runtime runtime = Runtime.getRuntime();
  private final long most = runtime.maxMemory();
  private long lookAt;
  private long countAt;
  private long collectAt;
  private long base = -1;
  private int threads;
  private int descriptors = -1;

  /** Whether the process should end, after a call. */
  boolean checkLimits(long now) {
    if (now - lookAt < 0) {
      return false;
    }
    lookAt = now + LOOK_NANOS;
    return checkHeap(now) || checkCounts(now);
  }

  private boolean checkHeap(long now) {
    if (base < 0) {
      if (used() > most / 2) {
        base = live(now);
      }
      return false;
    }
    double limit = base + SHARE * (most - base);
    return used() > limit && now - collectAt >= 0 && live(now) > limit;
  }

  private long used() {
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private long live(long now) {
    System.gc();
    long took = MonotonicClock.nanos() - now;
    collectAt = now + COLLECT_RARELY * took;
    return used();
  }

  private boolean checkCounts(long now) {
    if (now - countAt < 0) {
      return false;
    }
    countAt = now + COUNT_NANOS;
    int running = count("/proc/self/task");
    int open = count("/proc/self/fd");
    if (descriptors < 0) {
      threads = running;
      descriptors = open;
    }
    return running > threads + MOST_THREADS || open > descriptors + MOST_DESCRIPTORS;
  }

  private static int count(String folder) {
    String[] names = new File(folder).list();
    return names == null ? 0 : names.length;
  }
}
