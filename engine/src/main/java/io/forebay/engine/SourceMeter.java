package io.forebay.engine;

/** What is measured of one source; guarded by the intake's lock. */
final class SourceMeter {
  long records;
  int partitions;
  boolean finished;
  private long blockedNanos;
  private int waiting;

  /** Sum of the instants at which those that wait began to, relative to {@link #origin}. */
  private long waitingSince;

  private long origin;

  void beginWait(long now) {
    if (waiting == 0) {
      origin = now;
      waitingSince = 0;
    }
    waiting++;
    waitingSince += now - origin;
  }

  void endWait(long now) {
    // Whose wait this was does not matter: the sum of all waits comes out right once they are over.
    waiting--;
    blockedNanos += now - origin;
    if (waiting == 0) {
      blockedNanos -= waitingSince;
      waitingSince = 0;
    }
  }

  /** A source at an instant. */
  record Reading(long records, double blockedShare, boolean finished) {}

  Reading read(long now, long startedAt) {
    // In long arithmetic: the sums may wrap around, their difference does not.
    long blocked = blockedNanos - waitingSince + waiting * (now - origin);
    double possible = (double) Math.max(1, now - startedAt) * Math.max(1, partitions);
    return new Reading(records, Math.clamp(blocked / possible, 0, 1), finished);
  }
}
