package io.forebay.engine.internal.loops;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to a pipeline and what was asked of it. Any thread reports; the coordinator
 * waits. Everything is guarded by {@code lock}; what is said first counts.
 */
public final class Lifecycle {
  /** How a pipeline ends before its sinks have everything, if that takes too long. */
  private static final Duration DRAIN_AFTER_FAILURE = Duration.ofSeconds(30);

  /** Why a pipeline cannot go on. */
  public record Failure(String reason, @Nullable Throwable cause) {}

  /** What the coordinator is to do next. */
  public enum Event {
    /** Stop the sources; what they have read is still to be delivered. */
    DRAIN,
    /** Everything is delivered and the sinks are closed. */
    DELIVERED,
    /** Something broke: end everything. */
    FAILED,
    /** The deadline of the drain has passed, or it was stopped. */
    GIVEN_UP
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Ticker ticker;

  @GuardedBy("lock")
  private @Nullable Failure failure;

  @GuardedBy("lock")
  private boolean broken;

  @GuardedBy("lock")
  private boolean delivered;

  @GuardedBy("lock")
  private boolean draining;

  @GuardedBy("lock")
  private boolean drainSeen;

  @GuardedBy("lock")
  private boolean stopped;

  /** What breaks now breaks because everything is being ended. */
  @GuardedBy("lock")
  private boolean givenUp;

  @GuardedBy("lock")
  private long deadline;

  public Lifecycle(Ticker ticker) {
    this.ticker = ticker;
  }

  /** The pipeline cannot go on. */
  @SuppressWarnings("GuardedBy") // It runs under the lock.
  public void fail(String reason, @Nullable Throwable cause) {
    change(() -> {
      note(reason, cause);
      broken = true;
    });
  }

  /** A source failed: what was read is delivered, then the pipeline has failed. */
  @SuppressWarnings("GuardedBy") // It runs under the lock.
  public void failSource(String reason, Throwable cause) {
    change(() -> {
      note(reason, cause);
      beginDrain(DRAIN_AFTER_FAILURE);
    });
  }

  /** Somebody wants the pipeline to end. */
  @SuppressWarnings("GuardedBy") // It runs under the lock.
  public void drain(Duration limit) {
    change(() -> beginDrain(limit));
  }

  /** Somebody wants the pipeline to end at once. */
  @SuppressWarnings("GuardedBy") // It runs under the lock.
  public void stop() {
    change(() -> stopped = true);
  }

  /** The sink runner has committed everything and closed the outputs. */
  @SuppressWarnings("GuardedBy") // It runs under the lock.
  public void delivered() {
    change(() -> delivered = true);
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void note(String reason, @Nullable Throwable cause) {
    if (failure == null && !delivered && !givenUp) {
      failure = new Failure(reason, cause);
    }
  }

  @GuardedBy("lock")
  private void beginDrain(Duration limit) {
    long until = ticker.nanos() + nanos(limit);
    deadline = draining ? Math.min(deadline, until) : until;
    draining = true;
  }

  private static long nanos(Duration limit) {
    return limit.compareTo(Duration.ofDays(10_000)) > 0
        ? Duration.ofDays(10_000).toNanos()
        : limit.toNanos();
  }

  /** What broke, if anything did. */
  public @Nullable Failure failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the drain has nothing more to wait for: it is done, broken, stopped or too late. */
  public boolean isOver() {
    lock.lock();
    try {
      boolean late = draining && deadline - ticker.nanos() <= 0;
      return delivered || broken || stopped || late;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for what the coordinator has to do; {@link Event#DRAIN} comes at most once. */
  public Event await() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (delivered) {
          return Event.DELIVERED;
        }
        if (broken) {
          return Event.FAILED;
        }
        if (stopped) {
          givenUp = true;
          return Event.GIVEN_UP;
        }
        if (!draining) {
          changed.await();
        } else if (!drainSeen) {
          drainSeen = true;
          return Event.DRAIN;
        } else {
          long left = deadline - ticker.nanos();
          if (left <= 0) {
            givenUp = true;
            return Event.GIVEN_UP;
          }
          var _ = changed.await(left, TimeUnit.NANOSECONDS);
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
