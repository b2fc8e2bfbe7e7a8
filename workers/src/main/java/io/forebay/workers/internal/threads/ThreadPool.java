package io.forebay.workers.internal.threads;

import io.forebay.RecordFunction;
import io.forebay.errors.ConfigurationException;
import io.forebay.slots.Slot;
import io.forebay.snapshot.StageTimes;
import io.forebay.snapshot.WorkerEnds;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.api.WorkerThreads;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.functions.RecordMapping;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.calls.CallAbandonedException;
import io.forebay.workers.internal.calls.Initializer;
import io.forebay.workers.internal.calls.LockWatch;
import io.forebay.workers.internal.calls.PooledFunction;
import io.forebay.workers.internal.calls.WorkerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls the function on threads of this process: no isolation, no kill on time. A unit of work is a
 * batch, for which each thread has an instance of the function of its own; or one row of it, for a
 * function that blocks ({@link #ofRows}).
 *
 * <p>Any thread may call; {@link CallQueue} says what is guarded by what.
 */
public final class ThreadPool implements WorkerPool {
  private final String name;
  private final int stage;
  private final int size;

  /** How rows are called; null where whole batches are. */
  private final @Nullable RowWork rows;

  private final CallQueue calls;
  private final LockWatch locks = new LockWatch();
  private final WorkerThreads threads = new WorkerThreads(this::fail);

  /** Of each thread that calls batches, what it has; empty where rows are called. */
  private final List<Taker> takers = new ArrayList<>();

  /** For each thread, whether it has run its initializer. */
  private final List<CompletableFuture<Void>> initialized = new ArrayList<>();

  /** For an error that leaves no memory for a sentence. */
  private final Completion unspoken;

  private ThreadPool(String name, int stage, @Nullable RowWork rows, int size, int capacity) {
    this.name = name;
    this.stage = stage;
    this.size = size;
    this.rows = rows;
    this.calls = new CallQueue(name, capacity, size);
    this.unspoken = new Completion.Lost(-1, "stage " + name + " lost a batch", "");
  }

  /** Starts threads that call a function on batches. */
  public ThreadPool(PoolConfig config, BoundFunction function, int stage) {
    this(config, function, stage, WorkerOptions.of(config));
  }

  private ThreadPool(PoolConfig config, BoundFunction function, int stage, WorkerOptions options) {
    this(config.name(), stage, null, config.workers(), options.capacity());
    for (int i = 1; i <= size; i++) {
      CompletableFuture<Void> ready = new CompletableFuture<>();
      initialized.add(ready);
      PooledFunction instance = function.newPooled();
      Taker worker = new Taker();
      takers.add(worker);
      threads.add(
          Thread.ofPlatform().daemon().name("forebay-" + name + "-worker-" + i),
          () -> {
            if (!ready.isDone()) {
              options.initializer().ifPresent(Initializer::run);
              ready.complete(null);
            }
            return callNext(worker, call -> callBatch(instance, call, worker.idleSince));
          });
    }
    threads.start();
  }

  /**
   * Starts virtual threads that call a function which blocks, on row after row.
   *
   * @param mapping of a {@link RecordFunction}, of which there is one instance
   * @param threads how many calls may block at a time
   */
  public static ThreadPool ofRows(String name, RecordMapping mapping, int stage, int threads) {
    RowWork work = new RowWork(name, mapping, stage);
    ThreadPool pool = new ThreadPool(name, stage, work, threads, threads + 1);
    for (int i = 0; i < threads; i++) {
      Taker worker = new Taker();
      pool.threads.add(
          Thread.ofVirtual().name(name + "-" + i),
          () -> pool.callNext(worker, call -> work.call(pool.calls, call, worker.row)));
    }
    pool.threads.start();
    return pool;
  }

  /**
   * Starts the threads and waits until each has run its initializer.
   *
   * @throws ConfigurationException if an initializer fails
   */
  public static ThreadPool start(PoolConfig config, BoundFunction function, WorkerOptions options) {
    ThreadPool pool = new ThreadPool(config, function, 0, options);
    try {
      pool.initialized.forEach(CompletableFuture::join);
      return pool;
    } catch (CompletionException e) {
      pool.close();
      throw e.getCause() instanceof ConfigurationException refused ? refused : e;
    }
  }

  @Override
  public CompletableFuture<Completion> submit(Slot slot, CallOptions options)
      throws InterruptedException {
    return calls.submit(new LocalCall(calls, slot, rows == null ? null : rows.results(slot)));
  }

  /** Waits for something to do before it takes it: an interrupt costs nothing. */
  private boolean callNext(Taker worker, Function<LocalCall, @Nullable Completion> function)
      throws InterruptedException {
    if (!calls.take(worker)) {
      return false;
    }
    LocalCall call = Objects.requireNonNull(worker.call);
    Completion completion = unspoken;
    try {
      completion = function.apply(call);
    } finally {
      calls.ended(worker, completion);
      worker.idleSince = MonotonicClock.nanos();
    }
    return true;
  }

  private Completion callBatch(PooledFunction function, LocalCall call, long idleSince) {
    function.withdrawn = () -> calls.isWithdrawn(call);
    try {
      function.call(call.slot, stage);
      long wait = Math.max(0, function.meter.began() - call.submitted);
      return new Completion.Done(
          call.slot.result(stage),
          wait,
          Math.min(wait, Math.max(0, function.meter.began() - idleSince)),
          Thread.currentThread().getName());
    } catch (CallAbandonedException e) {
      return calls.unavailable();
    } catch (Throwable e) {
      // An error of the virtual machine, which threads share: the batch is told of it.
      return ErrorText.lost("stage " + name, e);
    }
  }

  private void fail(Throwable cause) {
    calls.fail(cause);
    threads.end();
    initialized.forEach(each -> each.completeExceptionally(cause));
  }

  @Override
  public int workers() {
    return size;
  }

  @Override
  public int capacity() {
    return calls.capacity();
  }

  @Override
  public boolean hasIdleWorker() {
    return !calls.occupies(threads.alive());
  }

  @Override
  public void sample(long now) {
    if (rows == null) { // Virtual threads are not looked at.
      locks.sample(calls.inWork(), now);
    }
  }

  @Override
  public PoolSnapshot snapshot() {
    return new PoolSnapshot(
        threads.alive(),
        calls.busy(),
        0,
        0,
        rows == null ? -1 : rows.busyNanos(),
        new PoolSnapshot.Spent(
            rows == null ? locks.nanos() : StageTimes.UNKNOWN,
            StageTimes.UNKNOWN,
            StageTimes.UNKNOWN),
        WorkerEnds.NONE,
        calls.each(takers, MonotonicClock.nanos()),
        List.of());
  }

  @Override
  public boolean close(Duration deadline) {
    calls.drain(deadline);
    close();
    boolean ended = threads.join();
    if (rows != null) {
      rows.close();
    }
    return ended;
  }

  /**
   * Interrupts the workers; batches that none has begun are completed as unavailable at once, the
   * others when the function returns: a thread cannot be killed.
   */
  @Override
  public void close() {
    calls.close();
    threads.end();
  }
}
