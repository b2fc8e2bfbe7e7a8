package io.forebay.faults;

import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Sends nothing: on a virtual thread of the engine, as those that read connections, a timer is due
 * each millisecond. How late it is, is the event-loop delay; a thread that is held up for 10 ms is
 * late ten times.
 */
final class Beats implements Source {
  private static final long PERIOD_NANOS = 1_000_000;
  private static final long LONGEST_NANOS = 60_000_000_000L;

  private final Schema schema;
  private Histogram late = new Histogram(LONGEST_NANOS, 3); // Guarded by this.

  /** A source with the schema of the others. */
  Beats(Schema schema) {
    this.schema = schema;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public boolean repeatable() {
    return false;
  }

  @Override
  public void run(SourceContext context) {
    long due = System.nanoTime() + PERIOD_NANOS;
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(due - System.nanoTime());
      long now = System.nanoTime();
      for (; due - now <= 0; due += PERIOD_NANOS) {
        count(now - due);
      }
    }
  }

  private synchronized void count(long nanos) {
    late.recordValue(Math.min(nanos, LONGEST_NANOS));
  }

  /** How late the timer was since the last call, in nanoseconds. */
  synchronized Histogram take() {
    Histogram taken = late;
    late = new Histogram(LONGEST_NANOS, 3);
    return taken;
  }
}
