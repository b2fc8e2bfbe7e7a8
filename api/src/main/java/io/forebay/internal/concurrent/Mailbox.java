package io.forebay.internal.concurrent;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue between threads that can be closed. That it is closed is a value that the methods
 * return, no element with a special meaning and no exception: a taker gets all elements that were
 * in, in the order in which they came in, and then the end; whoever waits for room is told that
 * there will be none.
 *
 * <p>The loop of a taker, which also ends by an interrupt:
 *
 * <pre>{@code
 * for (var next = mailbox.take(); next != null; next = mailbox.take()) {
 *   handle(next);
 * }
 * }</pre>
 *
 * <p>Any thread may call any method; {@code lock} guards everything. Several takers get each
 * element once. Nothing is handed over without the lock, so whatever the giver did before is seen
 * by the taker.
 */
public final class Mailbox<T> {
  /** What became of an element that could not wait. */
  public enum Offer {
    TAKEN,
    /** There is no room; there may be later. */
    FULL,
    /** Nothing is taken in any more. */
    CLOSED
  }

  private final long capacity;
  private final ToLongFunction<? super T> weigher;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notFull = lock.newCondition();
  private final Condition notEmpty = lock.newCondition();

  @GuardedBy("lock")
  private final ArrayDeque<T> elements = new ArrayDeque<>();

  @GuardedBy("lock")
  private long weight;

  @GuardedBy("lock")
  private boolean closed;

  private Mailbox(long capacity, ToLongFunction<? super T> weigher) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a mailbox for " + capacity);
    }
    this.capacity = capacity;
    this.weigher = weigher;
  }

  /** For so many elements. */
  public static <T> Mailbox<T> ofElements(int capacity) {
    return new Mailbox<>(capacity, element -> 1);
  }

  /** For elements that together weigh so much, in bytes for example; the weight is constant. */
  public static <T> Mailbox<T> ofWeight(long capacity, ToLongFunction<? super T> weigher) {
    return new Mailbox<>(capacity, weigher);
  }

  /**
   * For those who cannot wait and must not lose anything, event loops for example, and keep a limit
   * of their own: where it is made says which.
   */
  public static <T> Mailbox<T> boundedBySenders() {
    return new Mailbox<>(Long.MAX_VALUE, element -> 0);
  }

  /** Takes the element in if there is room; never waits. */
  public Offer offer(T element) {
    long more = weigher.applyAsLong(element);
    lock.lock();
    try {
      if (closed) {
        return Offer.CLOSED;
      }
      if (more > capacity - weight) {
        return Offer.FULL;
      }
      add(element, more);
      return Offer.TAKEN;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the element in; waits for room.
   *
   * @return false if it was not taken in because the mailbox is closed
   * @throws IllegalArgumentException if it weighs more than the mailbox may hold
   */
  public boolean put(T element) throws InterruptedException {
    long more = weigher.applyAsLong(element);
    if (more > capacity) {
      throw new IllegalArgumentException(more + " for a mailbox of " + capacity);
    }
    lock.lockInterruptibly();
    try {
      while (!closed && more > capacity - weight) {
        notFull.await();
      }
      if (closed) {
        return false;
      }
      add(element, more);
      if (weight < capacity) {
        notFull.signal(); // What was taken out may have been heavier than what came in.
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void add(T element, long more) {
    elements.addLast(element);
    weight += more;
    notEmpty.signal();
  }

  /** The oldest element; waits for one. Null at the end: closed, and empty. */
  public @Nullable T take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      awaitElement();
      return remove();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds the oldest elements to {@code into}, at most {@code most}; waits for one.
   *
   * @return false at the end: closed, and empty
   */
  public boolean take(Collection<? super T> into, int most) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      awaitElement();
      boolean some = false;
      for (int i = 0; i < most; i++) {
        T next = remove();
        if (next == null) {
          break;
        }
        into.add(next);
        some = true;
      }
      return some;
    } finally {
      lock.unlock();
    }
  }

  /** The oldest element; null if there is none now. Never waits. */
  public @Nullable T poll() {
    lock.lock();
    try {
      return remove();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void awaitElement() throws InterruptedException {
    while (elements.isEmpty() && !closed) {
      notEmpty.await();
    }
  }

  @GuardedBy("lock")
  private @Nullable T remove() {
    T next = elements.pollFirst();
    if (next != null) {
      weight -= weigher.applyAsLong(next);
      notFull.signal();
    }
    return next;
  }

  /** Nothing is taken in from now on; what is in can still be taken. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      notFull.signalAll();
      notEmpty.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing is taken in from now on, and what is in is nobody's but the caller's. */
  public List<T> closeAndDrain() {
    lock.lock();
    try {
      close();
      List<T> left = List.copyOf(elements);
      elements.clear();
      weight = 0;
      return left;
    } finally {
      lock.unlock();
    }
  }
}
