package io.forebay.workers.internal.pools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.slots.Slot;
import io.forebay.workers.api.WhenFull;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The free slots of a pool that is used alone. That there are so many and no more is what bounds
 * the calls in flight. Thread-safe; {@code lock} guards all fields.
 *
 * <p>Who finds none waits in line. A slot that comes back is handed to the first in line, who alone
 * is woken; nobody overtakes. Whoever leaves the line with a slot that he does not use any more, by
 * an interrupt, hands it on: none is lost, and ten thousand callers are not woken for one slot.
 * There are free slots only while nobody is in line.
 */
final class SlotStock {
  /** Somebody in line. */
  private static final class Waiter {
    final Condition turn;
    @Nullable Slot slot;

    Waiter(Condition turn) {
      this.turn = turn;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition allBack = lock.newCondition();

  @GuardedBy("lock")
  private final Deque<Slot> free = new ArrayDeque<>();

  @GuardedBy("lock")
  private final LinkedHashSet<Waiter> waiters = new LinkedHashSet<>();

  private final String pool;
  private final int all;

  @GuardedBy("lock")
  private boolean closed;

  SlotStock(String pool, List<Slot> slots) {
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
    long patience =
        switch (policy) {
          case WhenFull.Block block -> Long.MAX_VALUE;
          case WhenFull.Reject reject -> 0;
          case WhenFull.WaitFor wait -> wait.longest().toNanos();
        };
    lock.lock();
    try {
      Slot slot = closed ? null : free.pollFirst();
      if (slot == null && !closed) {
        slot = awaitTurn(Math.min(nanos, patience));
      }
      if (closed) {
        if (slot != null) {
          handOn(slot);
        }
        throw new RejectedExecutionException("the pool " + pool + " is closed: nothing was called");
      }
      if (slot == null && patience <= nanos) {
        throw new RejectedExecutionException(
            "the pool "
                + pool
                + " has "
                + all
                + " calls in flight, which is its limit"
                + (policy instanceof WhenFull.WaitFor ? ", and none has ended in time" : "")
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

  /** Waits in line; null if the time has passed or the stock is closed. */
  @GuardedBy("lock")
  private @Nullable Slot awaitTurn(long nanos) throws InterruptedException {
    Waiter waiter = new Waiter(lock.newCondition());
    waiters.add(waiter);
    long left = nanos;
    try {
      while (waiter.slot == null && !closed && left > 0) {
        if (left == Long.MAX_VALUE) {
          waiter.turn.await();
        } else {
          left = waiter.turn.awaitNanos(left);
        }
      }
      return waiter.slot;
    } catch (InterruptedException e) {
      if (waiter.slot != null) {
        handOn(waiter.slot);
      }
      throw e;
    } finally {
      waiters.remove(waiter);
    }
  }

  /** A slot if there is one now that nobody waits for. */
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
      handOn(slot);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void handOn(Slot slot) {
    if (!waiters.isEmpty() && !closed) {
      Waiter first = waiters.removeFirst();
      first.slot = slot;
      first.turn.signal();
      return;
    }
    free.addFirst(slot); // The one that is in the caches.
    if (free.size() == all) {
      allBack.signalAll();
    }
  }

  /** No slot is given out any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      waiters.forEach(waiter -> waiter.turn.signal());
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
        left = allBack.awaitNanos(left);
      }
      return free.size() == all;
    } finally {
      lock.unlock();
    }
  }
}
