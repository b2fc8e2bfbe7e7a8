package io.forebay.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.SinkSnapshot;
import org.HdrHistogram.Histogram;

/** What is measured of an output. Written by the thread that uses it, read by anybody. */
final class OutputMeter {
  private static final long LONGEST_NANOS = 3_600_000_000_000L;

  @GuardedBy("this")
  private final Histogram commitNanos = new Histogram(1_000, LONGEST_NANOS, 2);

  /** Rows that were written and not refused, and those of them that are committed. */
  @GuardedBy("this")
  private long taken;

  @GuardedBy("this")
  private long committed;

  @GuardedBy("this")
  private long busyNanos;

  @GuardedBy("this")
  private long retries;

  @GuardedBy("this")
  private String away = "";

  /** So many rows were written, or none, in that time. */
  synchronized void worked(int rows, long nanos) {
    taken += rows;
    busyNanos += nanos;
  }

  /** Of the rows that were written since the last commit, so many were refused. */
  synchronized void refused(int rows) {
    taken -= rows;
  }

  /** What was written since the last commit is written, and may be refused, again. */
  synchronized void reopened() {
    taken = committed;
  }

  /** What was written is committed. */
  synchronized void committed() {
    committed = taken;
  }

  /** A commit took so long. */
  synchronized void committed(long nanos) {
    committed();
    busyNanos += nanos;
    commitNanos.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
  }

  /** Its store is away, and why. */
  synchronized void away(String why) {
    retries++;
    away = why;
  }

  /** Its store is there. */
  synchronized void back() {
    away = "";
  }

  synchronized SinkSnapshot snapshot(String name, long elapsedNanos) {
    return new SinkSnapshot(
        name,
        committed,
        Math.min(1, (double) busyNanos / Math.max(1, elapsedNanos)),
        commitNanos.getTotalCount(),
        commitNanos.getValueAtPercentile(99) / 1e6,
        retries,
        away);
  }
}
