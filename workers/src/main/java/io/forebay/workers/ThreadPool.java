package io.forebay.workers;

import io.forebay.slots.Slot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Calls the function on threads of this process: no isolation, no kill on time.
 *
 * <p>Any thread may call. {@code lock} guards the queue, the counts and {@code state}; futures are
 * completed outside of it, by the worker that made the call, or by {@code close} for batches that
 * no worker has begun. Each worker is a daemon platform thread with an instance of the function of
 * its own.
 */
public final class ThreadPool implements WorkerPool {
  private enum State {
    OPEN,
    DRAINING,
    CLOSED
  }

  private record Task(Slot slot, long submitted, CompletableFuture<Completion> future) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notFull = lock.newCondition();
  private final Condition notEmpty = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final PoolConfig config;
  private final int stage;
  private final Deque<Task> queue = new ArrayDeque<>();
  private final List<Thread> threads = new ArrayList<>();
  private int inFlight;
  private int alive;
  private int busy;
  private State state = State.OPEN;

  /** Starts the threads. */
  public ThreadPool(PoolConfig config, BoundFunction function, int stage) {
    this.config = config;
    this.stage = stage;
    for (int i = 1; i <= config.workers(); i++) {
      PooledFunction instance = function.newPooled();
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("forebay-" + config.name() + "-worker-" + i)
              .unstarted(() -> work(instance)));
    }
    alive = threads.size();
    threads.forEach(Thread::start);
  }

  @Override
  public CompletableFuture<Completion> submit(Slot slot) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (state == State.OPEN && inFlight == capacity()) {
        notFull.await();
      }
      if (state != State.OPEN) {
        throw new IllegalStateException("the worker pool is closed");
      }
      inFlight++;
      Task task = new Task(slot, MonotonicClock.nanos(), new CompletableFuture<>());
      queue.add(task);
      notEmpty.signal();
      return task.future();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int workers() {
    return config.workers();
  }

  @Override
  public int capacity() {
    return config.workers() * config.inFlightPerWorker();
  }

  @Override
  public boolean hasIdleWorker() {
    lock.lock();
    try {
      return busy + queue.size() < alive;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public PoolSnapshot snapshot() {
    lock.lock();
    try {
      return new PoolSnapshot(alive, busy, 0, 0);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close(Duration deadline) {
    long nanos = deadline.toNanos();
    lock.lock();
    try {
      if (state == State.OPEN) {
        state = State.DRAINING;
        notFull.signalAll();
      }
      while (inFlight > 0 && nanos > 0 && state == State.DRAINING) {
        nanos = idle.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    close();
  }

  /**
   * Interrupts the workers; batches that none has begun are completed as unavailable at once, the
   * others when the function returns: a thread cannot be killed.
   */
  @Override
  public void close() {
    List<Task> unbegun;
    lock.lock();
    try {
      state = State.CLOSED;
      unbegun = List.copyOf(queue);
      queue.clear();
      inFlight -= unbegun.size();
      notFull.signalAll();
      notEmpty.signalAll();
      idle.signalAll();
    } finally {
      lock.unlock();
    }
    threads.forEach(Thread::interrupt);
    unbegun.forEach(task -> task.future().complete(unavailable()));
  }

  private Completion unavailable() {
    return new Completion.Unavailable(
        "the pool of stage " + config.name() + " was closed before the batch was computed",
        Duration.ZERO);
  }

  private void work(PooledFunction function) {
    try {
      for (Task task = take(); task != null; task = take()) {
        Completion completion = call(function, task);
        lock.lock();
        try {
          busy--;
          inFlight--;
          notFull.signal();
          if (inFlight == 0) {
            idle.signalAll();
          }
        } finally {
          lock.unlock();
        }
        task.future().complete(completion);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Only close() interrupts: the thread ends.
    } finally {
      lock.lock();
      try {
        alive--;
      } finally {
        lock.unlock();
      }
    }
  }

  private @Nullable Task take() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty()) {
        if (state == State.CLOSED) {
          return null;
        }
        notEmpty.await();
      }
      busy++;
      return queue.poll();
    } finally {
      lock.unlock();
    }
  }

  private Completion call(PooledFunction function, Task task) {
    try {
      function.call(task.slot(), stage);
      return new Completion.Done(
          task.slot().result(stage), Math.max(0, function.meter.began() - task.submitted()), 0);
    } catch (CallAbandonedException e) {
      return unavailable();
    } catch (Throwable e) {
      // An error of the virtual machine, which threads share: the batch is told of it.
      return new Completion.Lost(
          -1,
          "stage "
              + config.name()
              + " lost a batch to "
              + ErrorText.headline(e)
              + ": give the process more memory, or run the stage on processes",
          ErrorText.detail(e));
    }
  }

  /** Waits until all threads have ended, up to a deadline; for tests. */
  boolean awaitEnd(Duration deadline) throws InterruptedException {
    long until = MonotonicClock.nanos() + deadline.toNanos();
    for (Thread thread : threads) {
      long left = until - MonotonicClock.nanos();
      if (left <= 0 || !thread.join(Duration.ofNanos(left))) {
        return false;
      }
    }
    return true;
  }
}
