package io.forebay.benchmarks;

import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * A source that sends nothing: on its virtual thread, where a source reads its sensors, a timer is
 * due each millisecond. Every time at which it was due counts: when the thread is held up for 10
 * ms, ten beats are late.
 */
final class Heartbeat implements Source {
  private static final long PERIOD_NANOS = 1_000_000;

  /** How late the beats were, in nanoseconds. */
  record Delays(long beats, long p50, long p99, long p999, long max) {}

  private final Schema schema;
  private final long settleNanos;
  private final long[] delays;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** Beats after {@code settleNanos}, and then for {@code nanos}; the schema is the others'. */
  Heartbeat(Schema schema, long settleNanos, long nanos) {
    this.schema = schema;
    this.settleNanos = settleNanos;
    this.delays = new long[(int) Math.max(10, nanos / PERIOD_NANOS)];
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
  public void run(SourceContext context) throws InterruptedException {
    Thread.sleep(settleNanos / 1_000_000);
    long due = System.nanoTime() + PERIOD_NANOS;
    for (int beat = 0; beat < delays.length; ) {
      long wait = due - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(wait);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      long now = System.nanoTime();
      for (; due <= now && beat < delays.length; due += PERIOD_NANOS) {
        delays[beat++] = now - due;
      }
    }
    ended.complete(null);
  }

  /** When it has beaten long enough. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** After it has ended. */
  Delays delays() {
    long[] sorted = delays.clone();
    Arrays.sort(sorted);
    int beats = sorted.length;
    return new Delays(
        beats,
        sorted[beats / 2],
        sorted[(int) (beats * 99L / 100)],
        sorted[(int) (beats * 999L / 1000)],
        sorted[beats - 1]);
  }
}
