package io.forebay.workers;

import java.time.Duration;
import java.util.List;

/** Waits for threads. */
public final class Threads {
  /** How long a thread that was interrupted may take to notice. */
  public static final Duration PATIENCE = Duration.ofSeconds(2);

  private Threads() {}

  /**
   * Waits until the threads have ended, all together so long at most; whether they have. An
   * interrupt ends the wait for one of them, and is kept.
   */
  public static boolean join(Duration patience, List<Thread> threads) {
    boolean interrupted = false;
    boolean ended = true;
    long until = MonotonicClock.nanos() + patience.toNanos();
    for (Thread thread : threads) {
      try {
        ended &= thread.join(Duration.ofNanos(Math.max(0, until - MonotonicClock.nanos())));
      } catch (InterruptedException e) {
        interrupted = true;
        ended &= !thread.isAlive();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended;
  }
}
