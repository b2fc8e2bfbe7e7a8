package io.forebay.workers;

import io.forebay.slots.Slot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The free slots of a pool that is used alone. That there are so many and no more is what bounds
 * the calls in flight. Thread-safe; {@code lock} guards all fields.
 */
final class SlotStock {
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition changed = lock.newCondition();
  private final Deque<Slot> free = new ArrayDeque<>();
  private final String pool;
  private final int all;
  private boolean closed;

  SlotStock(String pool, java.util.List<Slot> slots) {
    this.pool = pool;
    this.all = slots.size();
    free.addAll(slots);
  }

  /**
   * Takes a slot as the policy says.
   *
   * @param nanos the longest to wait, whatever the policy
   * @return null if {@code nanos} have passed
   * @throws RejectedExecutionException if there is none and the policy says so, if the pool is
   *     closed, or if the thread is interrupted while it waits; it stays interrupted
   */
  @Nullable Slot take(WhenFull policy, long nanos) {
    boolean bounded = policy instanceof WhenFull.WaitFor;
    long patience =
        switch (policy) {
          case WhenFull.Block block -> Long.MAX_VALUE;
          case WhenFull.Reject reject -> 0;
          case WhenFull.WaitFor wait -> wait.longest().toNanos();
        };
    long left = Math.min(nanos, patience);
    lock.lock();
    try {
      while (free.isEmpty() && !closed && left > 0) {
        if (left == Long.MAX_VALUE) {
          changed.await();
        } else {
          left = changed.awaitNanos(left);
        }
      }
      if (closed) {
        throw new RejectedExecutionException("the pool " + pool + " is closed: nothing was called");
      }
      Slot slot = free.pollFirst();
      if (slot == null && patience <= nanos) {
        throw new RejectedExecutionException(
            "the pool "
                + pool
                + " has "
                + all
                + " calls in flight, which is its limit"
                + (bounded ? ", and none has ended in time" : "")
                + ": call again later, or give it a larger inFlight");
      }
      return slot;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RejectedExecutionException(
          "interrupted while waiting for room in the pool " + pool + ": nothing was called", e);
    } finally {
      lock.unlock();
    }
  }

  /** A slot if there is one now. */
  @Nullable Slot poll() {
    lock.lock();
    try {
      return closed ? null : free.pollFirst();
    } finally {
      lock.unlock();
    }
  }

  void give(Slot slot) {
    lock.lock();
    try {
      free.addFirst(slot); // The one that is in the caches.
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** No slot is given out any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all slots are back; false if that takes longer. */
  boolean awaitAll(long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      while (free.size() < all && left > 0) {
        left = changed.awaitNanos(left);
      }
      return free.size() == all;
    } finally {
      lock.unlock();
    }
  }
}
