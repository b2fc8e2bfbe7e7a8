package io.forebay.internal.concurrent;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: exponential with full jitter. The longest wait doubles
 * with each failure from 100 ms to 30 s, and each wait is drawn evenly from nothing to that, so
 * that many clients of one broker do not come back at the same instant. The wait is never less than
 * 1 ms: an attempt that fails at once is no busy loop.
 *
 * <p>Only calculates; the caller waits. Not thread-safe.
 *
 * <pre>{@code
 * Backoff backoff = new Backoff(random);
 * while (!connect()) {
 *   wait(backoff.next());
 * }
 * backoff.succeeded();
 * }</pre>
 *
 * @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">Marc
 *     Brooker, Exponential Backoff and Jitter</a>
 */
public final class Backoff {
  /** The longest first wait. */
  public static final Duration FIRST = Duration.ofMillis(100);

  /** The longest wait of all. */
  public static final Duration LONGEST = Duration.ofSeconds(30);

  private static final long LEAST_NANOS = 1_000_000;

  private final RandomGenerator random;
  private final long firstNanos;
  private final long longestNanos;
  private int failures;

  /** From {@link #FIRST} to {@link #LONGEST}. */
  public Backoff(RandomGenerator random) {
    this(random, FIRST, LONGEST);
  }

  /** From {@code first} to {@code longest}, both at least 1 ms. */
  public Backoff(RandomGenerator random, Duration first, Duration longest) {
    this.random = random;
    this.firstNanos = first.toNanos();
    this.longestNanos = longest.toNanos();
    if (firstNanos < LEAST_NANOS || longestNanos < firstNanos) {
      throw new IllegalArgumentException("a backoff from " + first + " to " + longest);
    }
  }

  /** An attempt has failed: how long to wait before the next one. */
  public Duration next() {
    long most = mostNanos();
    failures++;
    return Duration.ofNanos(Math.max(LEAST_NANOS, random.nextLong(most + 1)));
  }

  private long mostNanos() {
    // Beyond 2^30 times the first wait every allowed longest wait is reached.
    long factor = 1L << Math.min(failures, 30);
    return firstNanos > longestNanos / factor ? longestNanos : firstNanos * factor;
  }

  /** An attempt has succeeded: the next failure begins with the first wait again. */
  public void succeeded() {
    failures = 0;
  }

  /** Attempts that have failed since the last success. */
  public int failures() {
    return failures;
  }
}
