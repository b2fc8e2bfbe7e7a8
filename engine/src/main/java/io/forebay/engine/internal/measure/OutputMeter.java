package io.forebay.engine.internal.measure;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SinkTimes;
import org.HdrHistogram.Histogram;

/** What is measured of an output. Written by the thread that uses it, read by anybody. */
public final class OutputMeter {
  private static final long LONGEST_NANOS = 3_600_000_000_000L;

  @GuardedBy("this")
  private final Histogram commitNanos = new Histogram(1_000, LONGEST_NANOS, 2);

  /** Rows that were written and not refused, and those of them that are committed. */
  @GuardedBy("this")
  private long taken;

  @GuardedBy("this")
  private long committed;

  @GuardedBy("this")
  private long bytes;

  @GuardedBy("this")
  private long writeNanos;

  @GuardedBy("this")
  private long allCommitNanos;

  /** What is under way, and since when. */
  @GuardedBy("this")
  private Phase phase = Phase.IDLE;

  @GuardedBy("this")
  private long since;

  @GuardedBy("this")
  private long retries;

  @GuardedBy("this")
  private String away = "";

  /** What an output does. */
  public enum Phase {
    IDLE,
    WRITING,
    COMMITTING
  }

  /** It does this from now on: what takes for ever is seen while it does. */
  public synchronized void begins(Phase what, long now) {
    phase = what;
    since = now;
  }

  /** It has done, or given up, what it did; returns how long that took. */
  public synchronized long ends(long now) {
    long nanos = now - since;
    switch (phase) {
      case WRITING -> writeNanos += nanos;
      case COMMITTING -> allCommitNanos += nanos;
      case IDLE -> {}
    }
    phase = Phase.IDLE;
    return nanos;
  }

  /** So many rows, of so many bytes, were written. */
  public synchronized void written(int rows, long rowBytes) {
    taken += rows;
    bytes += rowBytes;
  }

  /** Of the rows that were written since the last commit, so many were refused. */
  public synchronized void refused(int rows) {
    taken -= rows;
  }

  /** What was written since the last commit is written, and may be refused, again. */
  public synchronized void reopened() {
    taken = committed;
  }

  /** What was written is committed. */
  public synchronized void committed() {
    committed = taken;
  }

  /** A commit took so long. */
  public synchronized void committed(long nanos) {
    committed();
    commitNanos.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
  }

  /** Its store is away, and why. */
  public synchronized void away(String why) {
    retries++;
    away = why;
  }

  /** Its store is there. */
  public synchronized void back() {
    away = "";
  }

  /**
   * What is measured.
   *
   * @param backlogBytes what lies in its spool, unknown where it has none
   */
  public synchronized SinkSnapshot snapshot(
      String name, long now, long elapsedNanos, long backlogBytes) {
    long underWay = Math.max(0, now - since);
    long writing = writeNanos + (phase == Phase.WRITING ? underWay : 0);
    long committing = allCommitNanos + (phase == Phase.COMMITTING ? underWay : 0);
    return new SinkSnapshot(
        name,
        committed,
        Math.min(1, (double) (writing + committing) / Math.max(1, elapsedNanos)),
        commitNanos.getTotalCount(),
        commitNanos.getValueAtPercentile(99) / 1e6,
        retries,
        away,
        new SinkTimes(writing, committing, backlogBytes),
        bytes);
  }
}
