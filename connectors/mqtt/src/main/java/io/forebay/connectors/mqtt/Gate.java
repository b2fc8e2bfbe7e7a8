package io.forebay.connectors.mqtt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets a thread be interrupted while it hands records in, and at no other moment: an interrupt in a
 * read would close its socket, over which the last acknowledgements still have to go. One thread
 * goes through it; any other may {@link #stop}.
 */
final class Gate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();

  @GuardedBy("lock")
  private @Nullable Thread inside;

  @GuardedBy("lock")
  private boolean stopped;

  /** Goes in to hand records in; false if nothing may be handed in any more. */
  boolean enter() {
    lock.lock();
    try {
      if (stopped) {
        return false;
      }
      inside = Thread.currentThread();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Comes out, without an interrupt. */
  // What is cleared is the interrupt by stop(), which has done what it was for.
  @SuppressWarnings("ThreadInterruptedIgnored")
  void leave() {
    lock.lock();
    try {
      inside = null;
      boolean interrupted = Thread.interrupted();
      stopped |= interrupted;
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Closes the gate, interrupts who is inside, and waits until nobody is. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      change.signalAll();
      if (inside != null) {
        inside.interrupt();
      }
      while (inside != null) {
        change.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  /** Waits; ends early when the gate is closed. */
  void pause(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && !stopped) {
        left = change.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
