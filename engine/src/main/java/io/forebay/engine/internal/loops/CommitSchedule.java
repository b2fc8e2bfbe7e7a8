package io.forebay.engine.internal.loops;

/**
 * When the next commit is due. Commits come every {@value #COMMIT_EVERY_MS} ms, or sooner when
 * nothing else waits, though so rarely that a slow disk spends a tenth of the time on them at most;
 * every {@value #COMMIT_AT_LATEST_MS} ms anyway; and at once when that is asked for. Used by the
 * sink runner.
 */
public final class CommitSchedule {
  static final int COMMIT_EVERY_MS = 100;
  static final int COMMIT_AT_LATEST_MS = 2_000;

  private static final long COMMIT_EVERY_NANOS = COMMIT_EVERY_MS * 1_000_000L;
  private static final long COMMIT_AT_LATEST_NANOS = COMMIT_AT_LATEST_MS * 1_000_000L;

  private final Ticker ticker;

  /** Whether there is something to commit, and since when. */
  private boolean needed;

  private long neededSince;
  private boolean underway;
  private long begun;
  private long lastEnd;
  private long lastNanos;

  public CommitSchedule(Ticker ticker) {
    this.ticker = ticker;
    this.lastEnd = ticker.nanos();
  }

  /** There is something to commit. */
  public void need(long now) {
    if (!needed) {
      needed = true;
      neededSince = now;
    }
  }

  public boolean isNeeded() {
    return needed;
  }

  /** Whether it is to wait while there is something to write. */
  public boolean mayWait(long now) {
    return now - neededSince < COMMIT_EVERY_NANOS;
  }

  /** In how many nanoseconds it is due. */
  public long dueIn(long now) {
    return lastEnd + Math.min(COMMIT_AT_LATEST_NANOS, 9 * lastNanos) - now;
  }

  public void began() {
    underway = true;
    begun = ticker.nanos();
  }

  /** Whether one has begun and not ended. */
  public boolean isUnderway() {
    return underway;
  }

  public void ended() {
    underway = false;
    needed = false;
    lastEnd = ticker.nanos();
    lastNanos = lastEnd - begun;
  }
}
