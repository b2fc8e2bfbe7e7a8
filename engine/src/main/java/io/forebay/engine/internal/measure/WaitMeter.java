package io.forebay.engine.internal.measure;

/** How long several have waited, all together, and how long at least one of them did. */
public final class WaitMeter {
  private long nanos;
  private long anyNanos;
  private int waiting;

  /** Sum of the instants at which those that wait began to, relative to {@link #origin}. */
  private long waitingSince;

  private long origin;

  public void begin(long now) {
    if (waiting == 0) {
      origin = now;
      waitingSince = 0;
    }
    waiting++;
    waitingSince += now - origin;
  }

  public void end(long now) {
    // Whose wait this was does not matter: the sum of all waits comes out right once they are over.
    waiting--;
    nanos += now - origin;
    if (waiting == 0) {
      nanos -= waitingSince;
      anyNanos += now - origin;
      waitingSince = 0;
    }
  }

  /** All together. */
  long nanos(long now) {
    // In long arithmetic: the sums may wrap around, their difference does not.
    return nanos - waitingSince + waiting * (now - origin);
  }

  /** While at least one waited. */
  public long anyNanos(long now) {
    return anyNanos + (waiting == 0 ? 0 : now - origin);
  }
}
