package io.forebay.workers.internal.threads;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.snapshot.WorkerSnapshot;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.internal.binding.ErrorText;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The batches that a pool in this process has taken: so many at most, each completed exactly once,
 * whatever its function does and whenever the pool is closed. A call that was withdrawn, or that
 * the end of the pool has overtaken, is completed as soon as no worker uses its slot.
 *
 * <p>Any thread may call. {@code lock} guards everything, also what changes in the calls and in the
 * workers; futures are completed outside of it.
 */
final class CallQueue {
  private enum State {
    OPEN,
    DRAINING,
    CLOSED
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notFull = lock.newCondition();
  private final Condition notEmpty = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final String stage;
  private final int capacity;
  private final int mostBusy;

  /** Calls with pieces that nobody has begun. */
  @GuardedBy("lock")
  private final Deque<LocalCall> waiting = new ArrayDeque<>();

  /** Calls that are not completed. */
  @GuardedBy("lock")
  private final Set<LocalCall> open = new HashSet<>();

  @GuardedBy("lock")
  private final List<Taker> workers = new ArrayList<>();

  @GuardedBy("lock")
  private int busy;

  @GuardedBy("lock")
  private State state = State.OPEN;

  /** Why it was closed, if not by its owner. */
  @GuardedBy("lock")
  private String broken = "";

  /**
   * An empty queue.
   *
   * @param capacity the most calls that are not completed
   * @param mostBusy the most pieces of them that are begun and have not ended
   */
  CallQueue(String stage, int capacity, int mostBusy) {
    this.stage = stage;
    this.capacity = capacity;
    this.mostBusy = mostBusy;
  }

  int capacity() {
    return capacity;
  }

  /** Pieces of calls in work. */
  int busy() {
    lock.lock();
    try {
      return busy;
    } finally {
      lock.unlock();
    }
  }

  /** The threads that have a piece of a call in work. */
  long[] inWork() {
    lock.lock();
    try {
      return workers.stream()
          .filter(worker -> worker.call != null)
          .mapToLong(worker -> Objects.requireNonNull(worker.thread).threadId())
          .toArray();
    } finally {
      lock.unlock();
    }
  }

  /** What threads do that call whole batches, by their places. */
  List<WorkerSnapshot> each(List<Taker> threads, long now) {
    lock.lock();
    try {
      return IntStream.range(0, threads.size())
          .mapToObj(place -> threads.get(place).snapshot(place, now))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** Whether more than so many workers would have something to do. */
  boolean occupies(int ofWorkers) {
    lock.lock();
    try {
      return busy + waiting.size() >= ofWorkers;
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ from submission

  /** See {@link WorkerPool#submit}. */
  CompletableFuture<Completion> submit(LocalCall call) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (state == State.OPEN && open.size() == capacity) {
        notFull.await();
      }
      if (!broken.isEmpty()) {
        return CompletableFuture.completedFuture(unavailable());
      }
      if (state != State.OPEN) {
        throw new IllegalStateException("the worker pool is closed");
      }
      open.add(call);
      waiting.add(call);
      notEmpty.signal();
      return call;
    } finally {
      lock.unlock();
    }
  }

  /** See {@link LocalCall#cancel}. */
  boolean cancel(LocalCall call, boolean interrupt) {
    Completion completion;
    lock.lock();
    try {
      if (!open.contains(call)) {
        return false;
      }
      call.cancelled = true;
      call.interrupted |= interrupt;
      waiting.remove(call);
      if (interrupt) {
        workers.stream().filter(each -> each.call == call).forEach(Taker::interrupt);
      }
      completion = removeIfOver(call);
    } finally {
      lock.unlock();
    }
    complete(call, completion);
    return true;
  }

  // ------------------------------------------------------------------ to completion

  /**
   * Waits for a piece of a call, and has the worker begin it on this thread; false if none ever
   * comes. Each piece that was begun is to be {@link #ended}.
   */
  boolean take(Taker worker) throws InterruptedException {
    lock.lock();
    try {
      LocalCall call = waiting.peek();
      while (call == null || busy == mostBusy) {
        if (state == State.CLOSED) {
          return false;
        }
        notEmpty.await();
        call = waiting.peek();
      }
      if (worker.thread == null) {
        worker.thread = Thread.currentThread();
        workers.add(worker);
      }
      worker.begin(call);
      if (call.begun == call.pieces) {
        waiting.remove();
      }
      call.running++;
      call.held++;
      busy++;
      wakeTaker(); // A submission wakes one worker, which wakes the next.
      return true;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void wakeTaker() {
    if (!waiting.isEmpty()) {
      notEmpty.signal();
    }
  }

  /** Whether an interrupt of a worker that has the call in work is meant for it. */
  boolean isWithdrawn(LocalCall call) {
    lock.lock();
    try {
      return call.interrupted || state == State.CLOSED;
    } finally {
      lock.unlock();
    }
  }

  /** The worker has done its part on a piece, which is {@link #ended} later, by anyone. */
  void letGo(Taker worker) {
    LocalCall call = Objects.requireNonNull(worker.call);
    change(
        call,
        () -> {
          worker.call = null;
          call.held--;
        });
  }

  /**
   * The worker has ended a piece of its call; if it was the last one, the call is completed.
   *
   * @param end what the call has come to by that; null if by another piece
   */
  @SuppressWarnings("GuardedBy") // It runs under the lock.
  void ended(Taker worker, @Nullable Completion end) {
    LocalCall call = Objects.requireNonNull(worker.call);
    change(
        call,
        () -> {
          worker.end();
          call.held--;
          call.end = end == null ? call.end : end;
          pieceEnded(call);
        });
  }

  /**
   * A piece has ended that its worker has let go.
   *
   * @param last whether it was the last one, so that the results are to be {@link #written}
   * @return whether they are, by whoever asks: nobody else has the slot
   */
  boolean ended(LocalCall call, boolean last) {
    lock.lock();
    try {
      pieceEnded(call);
      call.writing = last && open.contains(call);
      return call.writing;
    } finally {
      lock.unlock();
    }
  }

  /** The results are written. */
  void written(LocalCall call, Completion end) {
    change(
        call,
        () -> {
          call.writing = false;
          call.end = end;
        });
  }

  /** Changes a call, and completes it if it is over by that. */
  private void change(LocalCall call, Runnable change) {
    Completion completion;
    lock.lock();
    try {
      change.run();
      completion = removeIfOver(call);
    } finally {
      lock.unlock();
    }
    complete(call, completion);
  }

  @GuardedBy("lock")
  private void pieceEnded(LocalCall call) {
    call.running--;
    busy--;
    wakeTaker();
  }

  /** How the call is to be completed now; null if it is not over, or completed. */
  @GuardedBy("lock")
  private @Nullable Completion removeIfOver(LocalCall call) {
    boolean called = call.running == 0 && call.begun == call.pieces;
    boolean over = called || call.cancelled || state == State.CLOSED;
    if (!over || call.held > 0 || call.writing || !open.remove(call)) {
      return null;
    }
    notFull.signal();
    if (open.isEmpty()) {
      idle.signalAll();
    }
    if (call.cancelled) {
      return Completion.Unavailable.CANCELLED;
    }
    Completion end = call.end;
    return called && end != null ? end : unavailable();
  }

  private static void complete(LocalCall call, @Nullable Completion completion) {
    if (completion != null) {
      call.complete(completion);
    }
  }

  // ------------------------------------------------------------------ the end

  /** Takes nothing more, and waits until all is completed, up to a deadline. */
  void drain(Duration deadline) {
    long nanos = deadline.toNanos();
    lock.lock();
    try {
      if (state == State.OPEN) {
        state = State.DRAINING;
        notFull.signalAll();
      }
      while (!open.isEmpty() && nanos > 0 && state == State.DRAINING) {
        nanos = idle.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Completes as unavailable all calls that no worker has; workers find nothing more. */
  void close() {
    List<LocalCall> over;
    Completion completion;
    lock.lock();
    try {
      state = State.CLOSED;
      waiting.clear();
      over = open.stream().filter(call -> call.held == 0 && !call.writing).toList();
      over.forEach(open::remove);
      notFull.signalAll();
      notEmpty.signalAll();
      idle.signalAll();
      completion = unavailable();
    } finally {
      lock.unlock();
    }
    over.forEach(call -> call.complete(completion));
  }

  /** A thread has ended although nobody asked: calls could wait for ever for it. */
  void fail(Throwable cause) {
    lock.lock();
    try {
      if (state != State.CLOSED) {
        broken =
            "the pool of stage "
                + stage
                + " has ended because one of its threads failed: "
                + ErrorText.headline(cause);
      }
    } finally {
      lock.unlock();
    }
    close();
  }

  /** How calls end that the end of the pool has overtaken. */
  Completion unavailable() {
    lock.lock();
    try {
      return new Completion.Unavailable(
          broken.isEmpty()
              ? "the pool of stage " + stage + " was closed before the batch was computed"
              : broken,
          Duration.ZERO);
    } finally {
      lock.unlock();
    }
  }
}
