package io.forebay.internal.concurrent;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What a thread does that has found nothing to do: it stays awake for a moment, because to be woken
 * takes ten times as long as an empty call does, and then sleeps. Others who can use the core get
 * it meanwhile; and who has stayed awake in vain sleeps at once the next time, then the next three
 * times, up to {@link #MOST_SKIPPED} times.
 *
 * <p>The loop of the thread:
 *
 * <pre>{@code
 * while (running) {
 *   if (!work() && !idle.awaitWork(this::hasWork)) {
 *     doorbell.await(nanos); // or a blocking read, a selector, …
 *   }
 * }
 * }</pre>
 *
 * <p>For one thread at a time.
 */
public final class IdleStrategy {
  /** Less than it takes to be woken on a core that has gone to sleep, too. */
  private static final long AWAKE_NANOS = 30_000;

  private static final int MOST_SKIPPED = 1023;

  private final int spins;
  private final LongSupplier clock;
  private int skip;
  private int skipped;

  /**
   * @param spins how often to look without giving the core away, each time
   * @param clock a monotonic clock, in nanoseconds
   */
  public IdleStrategy(int spins, LongSupplier clock) {
    this.spins = spins;
    this.clock = clock;
  }

  /** Whether there is work now; false also if it was not waited for. */
  public boolean awaitWork(BooleanSupplier hasWork) {
    for (int i = 0; i < spins; i++) {
      if (hasWork.getAsBoolean()) {
        return true;
      }
      Thread.onSpinWait();
    }
    if (skipped < skip) {
      skipped++;
      return false;
    }
    skipped = 0;
    if (staysAwake(hasWork)) {
      skip = 0;
      return true;
    }
    skip = Math.min(MOST_SKIPPED, 2 * skip + 1);
    return false;
  }

  @SuppressWarnings("ThreadPriorityCheck") // It sleeps afterwards, whatever the scheduler does.
  private boolean staysAwake(BooleanSupplier hasWork) {
    long began = clock.getAsLong();
    do {
      Thread.yield();
      if (hasWork.getAsBoolean()) {
        return true;
      }
    } while (clock.getAsLong() - began < AWAKE_NANOS);
    return false;
  }
}
