package io.forebay.workers.api;

/**
 * The clock by which calls are timed and deadlines kept: on Linux, macOS and Windows the system's
 * monotonic clock, which all processes of a machine share, so that times written by a worker can be
 * compared with those of the engine.
 */
public final class MonotonicClock {
  private MonotonicClock() {}

  /** Nanoseconds since an arbitrary instant; differences only. */
  public static long nanos() {
    return System.nanoTime();
  }
}
