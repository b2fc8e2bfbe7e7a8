package io.forebay.workers;

import java.util.function.BooleanSupplier;

/**
 * Waits a moment for the other side before sleeping: to be woken takes ten times as long as an
 * empty call does. Others who can use the core get it meanwhile; and who has waited in vain sleeps
 * at once the next time, then the next three times, up to {@link #MOST_SKIPPED} times.
 *
 * <p>For one thread at a time.
 */
final class Patience {
  /** Less than it takes to be woken on a core that has gone to sleep, too. */
  private static final long NANOS = 30_000;

  private static final int MOST_SKIPPED = 1023;

  private int skip;
  private int skipped;

  /** Whether it is there now; false also if it was not waited for. */
  @SuppressWarnings("ThreadPriorityCheck") // It sleeps afterwards, whatever the scheduler does.
  boolean await(BooleanSupplier there) {
    if (skipped < skip) {
      skipped++;
      return false;
    }
    skipped = 0;
    long began = MonotonicClock.nanos();
    do {
      Thread.yield();
      if (there.getAsBoolean()) {
        skip = 0;
        return true;
      }
    } while (MonotonicClock.nanos() - began < NANOS);
    skip = Math.min(MOST_SKIPPED, 2 * skip + 1);
    return false;
  }
}
