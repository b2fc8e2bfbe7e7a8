package io.forebay.workers.internal.threads;

import io.forebay.AsyncFunction;
import io.forebay.internal.concurrent.Mailbox;
import io.forebay.slots.Slot;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.api.WorkerThreads;
import io.forebay.workers.functions.RecordMapping;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.binding.FunctionClass;
import io.forebay.workers.internal.calls.Alarm;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls a function that waits without blocking: keeps a bounded number of records in flight, across
 * batches. Any thread may call.
 *
 * <p>One virtual thread starts the function for record after record, another one writes the results
 * of batches whose records are all settled; the function's own threads only settle.
 */
public final class AsyncPool implements WorkerPool {
  static {
    ErrorText.endAt(AsyncPool.class);
  }

  private final String name;
  private final RecordMapping mapping;
  private final int stage;
  private final int concurrency;
  private final Duration timeout;
  private final AsyncFunction<Record, Record> function;
  private final CallQueue calls;
  private final Taker starter = new Taker();

  /** The last answer of each call: no more than there are calls. */
  private final Mailbox<Answer> settled = Mailbox.boundedBySenders();

  private final LongAdder busyNanos = new LongAdder();
  private final LongAdder timeouts = new LongAdder();
  private final WorkerThreads threads;

  /**
   * Starts the pool.
   *
   * @param mapping of an {@link AsyncFunction}
   * @param concurrency how many records may be waiting at a time
   * @param timeout the longest a record may wait; beyond it the record is rejected
   */
  @SuppressWarnings("unchecked") // The binding has checked the type arguments.
  public AsyncPool(
      String name, RecordMapping mapping, int stage, int concurrency, Duration timeout) {
    this.name = name;
    this.mapping = mapping;
    this.stage = stage;
    this.concurrency = concurrency;
    this.timeout = timeout;
    this.function = (AsyncFunction<Record, Record>) mapping.newInstance();
    this.calls = new CallQueue(name, concurrency + 1, concurrency);
    this.threads = new WorkerThreads(this::fail);
    threads.add(Thread.ofVirtual().name(name + "-start"), this::startNext);
    threads.add(Thread.ofVirtual().name(name + "-write"), this::writeNext);
    threads.start();
  }

  @Override
  public CompletableFuture<Completion> submit(Slot slot, CallOptions options)
      throws InterruptedException {
    return calls.submit(new LocalCall(calls, slot, new RowResults(slot, mapping, stage)));
  }

  /** Waits for a record before it takes one: an interrupt costs none. */
  private boolean startNext() throws InterruptedException {
    if (!calls.take(starter)) {
      return false;
    }
    try {
      start(new Answer(starter.call, starter.row));
    } finally {
      calls.letGo(starter);
    }
    return true;
  }

  private void start(Answer answer) {
    try {
      answer.call.forgetInterrupt();
      Record input = answer.rows.read(answer.row, answer.began);
      CompletionStage<? extends Record> promise = function.apply(input);
      promise.whenComplete(answer);
      answer.awaitFor(timeout, promise);
    } catch (Throwable e) {
      answer.accept(null, e);
    }
  }

  /** Takes the function's answer for one record, or does without it; any thread, once. */
  private final class Answer implements BiConsumer<@Nullable Object, @Nullable Throwable> {
    final LocalCall call;
    final RowResults rows;
    final int row;
    final long began = MonotonicClock.nanos();
    private final AtomicBoolean given = new AtomicBoolean();
    private volatile @Nullable Alarm alarm;

    Answer(@Nullable LocalCall call, int row) {
      if (call == null || call.rows == null) {
        throw new IllegalArgumentException("no row of a call");
      }
      this.call = call;
      this.rows = call.rows;
      this.row = row;
    }

    void awaitFor(Duration time, CompletionStage<?> promise) {
      if (!given.get()) {
        alarm = Alarm.in(time.toNanos(), this::expire);
        var _ = call.whenComplete((completion, error) -> withdraw(promise));
        if (given.get()) {
          switchOff();
        }
      }
    }

    /** The call is over: without this answer only if it was cancelled or the pool closed. */
    private void withdraw(CompletionStage<?> promise) {
      if (calls.isWithdrawn(call) && settle(null, new CancellationException())) {
        switchOff();
        try {
          promise.toCompletableFuture().cancel(true);
        } catch (UnsupportedOperationException e) {
          // It comes to its end by itself.
        }
      }
    }

    private void expire() {
      TimeoutException late =
          new TimeoutException("no answer within " + timeout + ", the stage's timeout");
      late.setStackTrace(new StackTraceElement[0]);
      if (settle(null, late)) {
        timeouts.increment();
      }
    }

    private void switchOff() {
      Alarm set = alarm;
      if (set != null) {
        set.off();
      }
    }

    @Override
    public void accept(@Nullable Object result, @Nullable Throwable error) {
      if (settle(result, error)) {
        switchOff();
      }
    }

    private boolean settle(@Nullable Object result, @Nullable Throwable error) {
      if (!given.compareAndSet(false, true)) {
        return false;
      }
      busyNanos.add(MonotonicClock.nanos() - began);
      if (calls.ended(call, rows.settle(row, result, error))) {
        settled.offer(this);
      }
      return true;
    }
  }

  private boolean writeNext() throws InterruptedException {
    Answer last = settled.take();
    if (last == null) {
      return false;
    }
    calls.written(last.call, last.rows.write(name));
    return true;
  }

  private void fail(Throwable cause) {
    calls.fail(cause);
    threads.end();
  }

  @Override
  public int workers() {
    return concurrency;
  }

  @Override
  public int capacity() {
    return calls.capacity();
  }

  @Override
  public boolean hasIdleWorker() {
    return !calls.occupies(concurrency);
  }

  @Override
  public PoolSnapshot snapshot() {
    return new PoolSnapshot(
        threads.alive() == 2 ? concurrency : 0, calls.busy(), 0, timeouts.sum(), busyNanos.sum());
  }

  @Override
  public boolean close(Duration deadline) {
    calls.drain(deadline);
    calls.close();
    threads.end();
    boolean ended = threads.join();
    FunctionClass.closeQuietly(function);
    return ended;
  }

  @Override
  public void close() {
    var _ = close(Duration.ZERO);
  }
}
