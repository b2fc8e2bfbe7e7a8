package io.forebay.connectors.kafka;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Tells the thread that polls that a reader has room again, or has ended, where that thread waits:
 * here, or in the client. {@link #again} may be called by any thread, everything else by the one
 * that polls. The lock guards the fields.
 *
 * <p>Nothing slips between the look at the readers and the wait: who waits says {@link #watch}
 * first, and looks then.
 */
final class Room {
  private final Consumer<?, ?> consumer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Whether there was room again since {@link #watch}. */
  @GuardedBy("lock")
  private boolean news;

  /** Whether the client waits, and has not been woken up yet. */
  @GuardedBy("lock")
  private boolean polling;

  Room(Consumer<?, ?> consumer) {
    this.consumer = consumer;
  }

  void watch() {
    lock.lock();
    try {
      news = false;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there was room again since {@link #watch}, at most {@code nanos}. */
  void await(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (!news && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The client is about to wait: from now on it is woken up, once, when there is room again.
   *
   * @return whether there was not since {@link #watch}; otherwise there is nothing to wait for
   */
  boolean beginPoll() {
    lock.lock();
    try {
      polling = !news;
      return polling;
    } finally {
      lock.unlock();
    }
  }

  void endPoll() {
    lock.lock();
    try {
      polling = false;
    } finally {
      lock.unlock();
    }
  }

  /** There is room again. */
  void again() {
    lock.lock();
    try {
      news = true;
      changed.signalAll();
      if (polling) {
        polling = false;
        consumer.wakeup();
      }
    } finally {
      lock.unlock();
    }
  }
}
