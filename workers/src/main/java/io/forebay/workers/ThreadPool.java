package io.forebay.workers;

import io.forebay.AgentRunner;
import io.forebay.BatchFunction;
import io.forebay.ConfigurationException;
import io.forebay.Schema;
import io.forebay.ValueFunction;
import io.forebay.slots.Slot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
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

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notFull = lock.newCondition();
  private final Condition notEmpty = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final PoolConfig config;
  private final int stage;
  private final int capacity;
  private final Completion unspoken;
  private final Deque<ThreadCall> queue = new ArrayDeque<>();
  private final List<Thread> threads = new ArrayList<>();
  private int inFlight;
  private int alive;
  private int busy;
  private State state = State.OPEN;

  /** Why it was closed, if not by its owner. */
  private String broken = "";

  /** Starts the threads. */
  public ThreadPool(PoolConfig config, BoundFunction function, int stage) {
    this(config, function, stage, WorkerOptions.of(config), new ArrayList<>());
  }

  private ThreadPool(
      PoolConfig config,
      BoundFunction function,
      int stage,
      WorkerOptions options,
      List<CompletableFuture<Void>> initialized) {
    this.config = config;
    this.stage = stage;
    this.capacity = options.capacity();
    this.unspoken = new Completion.Lost(-1, name() + " lost a batch", "");
    for (int i = 1; i <= config.workers(); i++) {
      CompletableFuture<Void> ready = new CompletableFuture<>();
      initialized.add(ready);
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("forebay-" + config.name() + "-worker-" + i)
              .unstarted(worker(function.newPooled(), options, ready)));
    }
    alive = threads.size();
    threads.forEach(Thread::start);
  }

  private Runnable worker(
      PooledFunction function, WorkerOptions options, CompletableFuture<Void> ready) {
    AgentRunner runner =
        AgentRunner.repeat(
            () -> {
              if (!ready.isDone()) {
                options.initializer().ifPresent(Initializer::run);
                ready.complete(null);
              }
              return callNext(function);
            },
            e -> {
              ready.completeExceptionally(e);
              fail(e);
            });
    return () -> {
      try {
        runner.run();
      } finally {
        lock.lock();
        try {
          alive--;
        } finally {
          lock.unlock();
        }
      }
    };
  }

  /**
   * Starts the threads and waits until each has run its initializer.
   *
   * @throws ConfigurationException if an initializer fails
   */
  static ThreadPool start(PoolConfig config, BoundFunction function, WorkerOptions options) {
    List<CompletableFuture<Void>> initialized = new ArrayList<>();
    ThreadPool pool = new ThreadPool(config, function, 0, options, initialized);
    try {
      initialized.forEach(CompletableFuture::join);
      return pool;
    } catch (CompletionException e) {
      pool.close();
      throw e.getCause() instanceof ConfigurationException refused ? refused : e;
    }
  }

  /** A pool of threads that call a function on values: see {@link CallPool}. */
  public static <I, O> PoolBuilder<CallPool<I, O>> calls(
      Class<? extends ValueFunction<I, O>> function) {
    return Pools.threads().calls(function);
  }

  /** A pool of threads that call a function on batches of these columns: see {@link BatchPool}. */
  public static PoolBuilder<BatchPool> batches(
      Class<? extends BatchFunction> function, Schema input) {
    return Pools.threads().batches(function, input);
  }

  /** An executor whose tasks run on threads: see {@link TaskExecutors}. */
  public static PoolBuilder<ExecutorService> executor() {
    return TaskExecutors.threads();
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
      ThreadCall task = new ThreadCall(this, slot);
      queue.add(task);
      notEmpty.signal();
      return task;
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
    return capacity;
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
    List<ThreadCall> unbegun;
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
    unbegun.forEach(task -> task.complete(unavailable()));
  }

  /** See {@link ThreadCall#cancel}. */
  boolean cancel(ThreadCall task, boolean interrupt) {
    lock.lock();
    try {
      if (task.isDone()) {
        return false;
      }
      task.cancelled = true;
      if (!queue.remove(task)) {
        if (interrupt && task.runner != null) {
          task.interrupted = true;
          task.runner.interrupt();
        }
        return true;
      }
      inFlight--;
      notFull.signal();
      if (inFlight == 0) {
        idle.signalAll();
      }
    } finally {
      lock.unlock();
    }
    task.complete(Completion.Unavailable.CANCELLED);
    return true;
  }

  /** Whether an interrupt of the worker that has the batch is meant for this call. */
  boolean isWithdrawn(ThreadCall task) {
    lock.lock();
    try {
      return task.interrupted || state == State.CLOSED;
    } finally {
      lock.unlock();
    }
  }

  /** One of the threads has ended although nobody asked: batches could wait for ever for it. */
  private void fail(Throwable cause) {
    lock.lock();
    try {
      if (state != State.CLOSED) {
        broken =
            "the pool of stage "
                + config.name()
                + " has ended because one of its threads failed: "
                + ErrorText.headline(cause);
      }
    } finally {
      lock.unlock();
    }
    close();
  }

  private Completion unavailable() {
    lock.lock();
    try {
      return new Completion.Unavailable(
          broken.isEmpty()
              ? "the pool of stage " + config.name() + " was closed before the batch was computed"
              : broken,
          Duration.ZERO);
    } finally {
      lock.unlock();
    }
  }

  private String name() {
    return "stage " + config.name();
  }

  /** Waits for a batch before it takes one: an interrupt costs none. */
  private boolean callNext(PooledFunction function) throws InterruptedException {
    ThreadCall task = take();
    if (task == null) {
      return false;
    }
    function.withdrawn = () -> isWithdrawn(task);
    Completion completion = unspoken; // For an error that leaves no memory for a sentence.
    try {
      completion = call(function, task);
    } finally {
      if (ended(task)) {
        completion = Completion.Unavailable.CANCELLED;
      }
      task.complete(completion);
    }
    return true;
  }

  /** The call is over; returns whether nobody wants its result. */
  private boolean ended(ThreadCall task) {
    lock.lock();
    try {
      task.runner = null;
      busy--;
      inFlight--;
      notFull.signal();
      if (inFlight == 0) {
        idle.signalAll();
      }
      return task.cancelled;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable ThreadCall take() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty()) {
        if (state == State.CLOSED) {
          return null;
        }
        notEmpty.await();
      }
      busy++;
      ThreadCall task = queue.remove();
      task.runner = Thread.currentThread();
      return task;
    } finally {
      lock.unlock();
    }
  }

  private Completion call(PooledFunction function, ThreadCall task) {
    try {
      function.call(task.slot, stage);
      return new Completion.Done(
          task.slot.result(stage), Math.max(0, function.meter.began() - task.submitted), 0);
    } catch (CallAbandonedException e) {
      return unavailable();
    } catch (Throwable e) {
      // An error of the virtual machine, which threads share: the batch is told of it.
      return lost(name(), e);
    }
  }

  static Completion lost(String what, Throwable e) {
    return new Completion.Lost(
        -1,
        what
            + " lost a batch to "
            + ErrorText.headline(e)
            + ": give the process more memory, or run the stage on processes",
        ErrorText.detail(e));
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
