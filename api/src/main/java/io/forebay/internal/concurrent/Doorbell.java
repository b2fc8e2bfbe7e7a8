package io.forebay.internal.concurrent;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Wakes the one thread that waits here. {@link #ring} may be called by any thread and costs a read
 * while the thread is awake; a ring is never lost: it is kept until the next {@link #await}.
 *
 * <p>The loop of the thread that waits:
 *
 * <pre>{@code
 * doorbell.attach(Thread.currentThread());
 * while (!done) {
 *   if (!step()) {
 *     doorbell.await(nanos);
 *   }
 * }
 * }</pre>
 */
public final class Doorbell {
  private final AtomicBoolean rung = new AtomicBoolean();
  private volatile @Nullable Thread waiter;

  /** Names the thread that will wait. */
  public void attach(Thread thread) {
    waiter = thread;
  }

  /** Wakes the waiter, or keeps its next {@link #await} from waiting. */
  public void ring() {
    if (!rung.get() && rung.compareAndSet(false, true)) {
      LockSupport.unpark(waiter);
    }
  }

  /** Whether it was rung; that ring is spent. For who waits by other means. */
  public boolean poll() {
    return rung.getAndSet(false);
  }

  /** Waits for a ring, an interrupt or {@code nanos} to pass; may return early. */
  public void await(long nanos) {
    if (!rung.get()) {
      LockSupport.parkNanos(this, nanos);
    }
    rung.set(false);
  }
}
