package io.forebay.spool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.LateRefusal;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the engine's sink thread and the {@link Deliverer} of a spooled sink tell each other: how
 * far the sink is, what has failed, and the rows that its store has refused. Those are offered by
 * the deliverer, taken by the engine, and the deliverer goes on when they are durable in dead
 * letter. Everything is guarded by {@code lock}.
 */
final class Handover {
  /** While rows are offered the spool may exceed its size: the commit must not wait for room. */
  private static final long NO_FLOOR = 0;

  private final LongConsumer floor;

  /** The last commit that is durable in the spool. */
  private volatile long lastCommit;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private long delivered;

  @GuardedBy("lock")
  private List<LateRefusal> offered = List.of();

  @GuardedBy("lock")
  private boolean taken;

  @GuardedBy("lock")
  private @Nullable IOException failure;

  @GuardedBy("lock")
  private boolean closing;

  /**
   * @param floor {@link SpoolLog#floor}
   * @param lastCommit the last commit that is in the spool
   * @param delivered the sequence of the last frame that the sink has committed
   */
  Handover(LongConsumer floor, long lastCommit, long delivered) {
    this.floor = floor;
    this.lastCommit = lastCommit;
    this.delivered = delivered;
    floor.accept(lastCommit);
  }

  // ------------------------------------------------------------------ the deliverer

  /** Waits until these rows are durable in dead letter. */
  void offer(List<LateRefusal> refused) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      offered = refused;
      taken = false;
      floor.accept(NO_FLOOR);
      changed.signalAll();
      while (!offered.isEmpty()) {
        if (closing) {
          throw new InterruptedException();
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The sink has committed everything up to {@code sequence}. */
  void delivered(long sequence) {
    lock.lock();
    try {
      delivered = sequence;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The deliverer ends. */
  void fail(Throwable e) {
    lock.lock();
    try {
      if (!closing) {
        failure = new IOException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits so long; false if the deliverer is to end. */
  boolean pause(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && !closing) {
        left = changed.awaitNanos(left);
      }
      return !closing;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the engine's thread

  /** The rows that are offered, once. */
  List<LateRefusal> take() {
    lock.lock();
    try {
      if (taken) {
        return List.of();
      }
      taken = !offered.isEmpty();
      return offered;
    } finally {
      lock.unlock();
    }
  }

  /** What was taken is durable in dead letter. */
  void settled() {
    lock.lock();
    try {
      if (taken) {
        offered = List.of();
        taken = false;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** A commit is durable in the spool, at {@code sequence}. */
  void committed(long sequence) {
    lock.lock();
    try {
      lastCommit = sequence;
      floor.accept(offered.isEmpty() ? sequence : NO_FLOOR);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the sink has committed {@code sequence}, or rows are offered. */
  void awaitDelivered(long sequence) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (delivered < sequence && (offered.isEmpty() || taken)) {
        check();
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Throws what has ended the deliverer. */
  void check() throws IOException {
    lock.lock();
    try {
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The deliverer is to end. */
  void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ anybody

  /** The last commit that is durable in the spool. */
  long lastCommit() {
    return lastCommit;
  }

  /** Whether rows are offered and not taken. */
  boolean isOffering() {
    lock.lock();
    try {
      return !offered.isEmpty() && !taken;
    } finally {
      lock.unlock();
    }
  }
}
