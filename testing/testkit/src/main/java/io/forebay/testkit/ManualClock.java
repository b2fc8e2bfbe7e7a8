package io.forebay.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands until a test moves it. It has two faces, as every machine has: {@link #nanos}
 * is monotonic, for deadlines; {@link #instant} is the wall clock, which can also jump.
 * Thread-safe.
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock();
 * Pacer pacer = new Pacer(clock::nanos);
 * clock.advance(Duration.ofMillis(500));
 * }</pre>
 */
public final class ManualClock implements InstantSource {
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong wallNanos = new AtomicLong();
  private final Instant start;

  /** A clock that stands at 2025-01-01T00:00:00Z and 0 nanoseconds. */
  public ManualClock() {
    this(Instant.parse("2025-01-01T00:00:00Z"));
  }

  /** A clock whose wall clock stands at {@code start}. */
  public ManualClock(Instant start) {
    this.start = start;
  }

  /** The monotonic time; to be used as {@code clock::nanos} where System::nanoTime is expected. */
  public long nanos() {
    return nanos.get();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(wallNanos.get());
  }

  /** Time passes. */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          "time does not run backwards; for the wall clock use jump");
    }
    nanos.addAndGet(duration.toNanos());
    wallNanos.addAndGet(duration.toNanos());
  }

  /** Somebody sets the wall clock, forwards or backwards; the monotonic time does not change. */
  public void jump(Duration duration) {
    wallNanos.addAndGet(duration.toNanos());
  }
}
