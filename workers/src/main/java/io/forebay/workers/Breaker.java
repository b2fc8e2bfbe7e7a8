package io.forebay.workers;

/**
 * Stops a pool whose workers die without having got anything done: after {@link #MOST_DEATHS}
 * deaths within {@link #WINDOW_NANOS} without a finished batch between them it is open for {@link
 * #PAUSE_NANOS}; then one more try is allowed, and the first finished batch closes it again. A
 * death for which a record was found to blame counts as progress, but not for ever: a function that
 * kills its worker with every record would send all of them to dead letter.
 *
 * <p>Guarded by its pool's lock; time is handed in.
 */
final class Breaker {
  static final int MOST_DEATHS = 5;
  static final int MOST_BLAMED = 20;
  static final long WINDOW_NANOS = 60_000_000_000L;
  static final long PAUSE_NANOS = 30_000_000_000L;

  private final long[] deaths = new long[MOST_DEATHS];
  private int count;
  private int blamedInARow;
  private boolean open;
  private boolean trying;
  private long openedAt;

  /** A worker has died, or could not start. Returns whether the breaker opens by it. */
  boolean died(long now) {
    if (trying) {
      open(now);
      return true;
    }
    deaths[count++ % MOST_DEATHS] = now;
    if (!open && count >= MOST_DEATHS && now - deaths[count % MOST_DEATHS] <= WINDOW_NANOS) {
      open(now);
      return true;
    }
    return false;
  }

  /** A record was found to blame for the last deaths. */
  void blamed() {
    if (++blamedInARow < MOST_BLAMED) {
      count = 0;
    }
  }

  /** A batch was finished. */
  void finished() {
    count = 0;
    blamedInARow = 0;
    open = false;
    trying = false;
  }

  /** Whether calls are refused; a while after it has opened, one more try is allowed. */
  boolean isOpen(long now) {
    if (open && !trying && now - openedAt >= PAUSE_NANOS) {
      trying = true;
    }
    return open && !trying;
  }

  /** When the next try is allowed. */
  long nextTry() {
    return openedAt + PAUSE_NANOS;
  }

  private void open(long now) {
    open = true;
    trying = false;
    openedAt = now;
    count = 0;
  }
}
