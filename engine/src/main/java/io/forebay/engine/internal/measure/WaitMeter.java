package io.forebay.engine.internal.measure;

/**
 * How long several have waited, all together, and how long at least one of them did. Whoever looks
 * may have read the clock a moment before somebody began or ended: time never goes back here.
 */
public final class WaitMeter {
  private long nanos;
  private long anyNanos;
  private int waiting;

  /** Sum of the instants at which those that wait began to, relative to {@link #origin}. */
  private long waitingSince;

  private long origin;

  /** The last instant at which one began or ended. */
  private long latest;

  public void begin(long now) {
    if (waiting == 0) {
      origin = now;
      latest = now;
      waitingSince = 0;
    }
    waiting++;
    latest = notBefore(now);
    waitingSince += latest - origin;
  }

  public void end(long now) {
    // Whose wait this was does not matter: the sum of all waits comes out right once they are over.
    waiting--;
    latest = notBefore(now);
    nanos += latest - origin;
    if (waiting == 0) {
      nanos -= waitingSince;
      anyNanos += latest - origin;
      waitingSince = 0;
    }
  }

  /** All together. */
  long nanos(long now) {
    // In long arithmetic: the sums may wrap around, their difference does not.
    return nanos - waitingSince + waiting * (notBefore(now) - origin);
  }

  /** While at least one waited. */
  public long anyNanos(long now) {
    return anyNanos + (waiting == 0 ? 0 : notBefore(now) - origin);
  }

  private long notBefore(long now) {
    return now - latest < 0 ? latest : now;
  }
}
