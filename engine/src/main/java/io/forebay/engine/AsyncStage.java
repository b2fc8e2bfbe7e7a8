package io.forebay.engine;

import io.forebay.AsyncFunction;
import io.forebay.workers.PoolSnapshot;
import io.forebay.workers.RecordMapping;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A stage that waits: keeps a bounded number of records in flight, across batches.
 *
 * <p>One virtual thread starts the function for record after record, another one writes the results
 * of batches whose records are all settled; the function's own threads only settle. {@code current}
 * belongs to the first.
 */
final class AsyncStage implements StageRunner {
  private final AsyncFunction<Record, Record> function;
  private final Stage.Async config;
  private final Ticker ticker;
  private final Semaphore permits;
  private final BlockingQueue<RecordCalls> waiting = new LinkedBlockingQueue<>();
  private final BlockingQueue<RecordCalls> settled = new LinkedBlockingQueue<>();
  private final LongAdder busyNanos = new LongAdder();
  private final LongAdder timeouts = new LongAdder();
  private final OpenCalls open;
  private final StageThreads threads;
  private @Nullable RecordCalls current;

  @SuppressWarnings("unchecked") // The binding has checked the type arguments.
  AsyncStage(
      RecordMapping mapping,
      int stage,
      Stage.Async config,
      Completions completions,
      Ticker ticker) {
    this.function = (AsyncFunction<Record, Record>) mapping.newInstance();
    this.config = config;
    this.ticker = ticker;
    this.permits = new Semaphore(config.concurrency());
    this.open = new OpenCalls(config.name(), mapping, stage, completions, ticker);
    this.threads = new StageThreads(config.name(), completions);
    threads.start("start", this::startNext);
    threads.start("write", this::writeNext);
  }

  @Override
  public int capacity() {
    return config.concurrency() + 1;
  }

  @Override
  public int workers() {
    return config.concurrency();
  }

  @Override
  public boolean hasIdleWorker() {
    return permits.availablePermits() > 0 && waiting.isEmpty();
  }

  @Override
  public void submit(InFlightBatch batch) {
    waiting.add(open.begin(batch));
  }

  /** Waits for a record and a permit before it takes either: an interrupt costs none. */
  private boolean startNext() throws InterruptedException {
    RecordCalls calls = current;
    if (calls == null || !calls.hasNext()) {
      calls = waiting.take();
      current = calls;
    }
    permits.acquire();
    start(calls);
    return true;
  }

  private void start(RecordCalls calls) {
    long begin = ticker.nanos();
    int row = calls.begin(begin);
    CompletableFuture<Object> outcome = new CompletableFuture<>();
    var _ = outcome.whenComplete((result, error) -> settle(calls, row, begin, result, error));
    try {
      threads.forgetInterrupt();
      CompletionStage<Record> answer = function.apply(calls.read(row));
      answer.whenComplete((result, error) -> {
        if (error == null) {
          outcome.complete(result);
        } else {
          outcome.completeExceptionally(error);
        }
      });
      if (!outcome.isDone()) {
        var _ = outcome.orTimeout(config.timeout().toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (Throwable e) {
      outcome.completeExceptionally(e);
    }
  }

  private void settle(
      RecordCalls calls, int row, long begin, @Nullable Object result, @Nullable Throwable error) {
    busyNanos.add(ticker.nanos() - begin);
    permits.release();
    Throwable cause = error;
    if (error instanceof TimeoutException && error.getMessage() == null) {
      timeouts.increment();
      cause =
          new TimeoutException("no answer within " + config.timeout() + ", the stage's timeout");
      cause.setStackTrace(new StackTraceElement[0]);
    }
    if (calls.settle(row, result, cause)) {
      settled.add(calls);
    }
  }

  private boolean writeNext() throws InterruptedException {
    open.finish(settled.take());
    return true;
  }

  @Override
  public long busyNanos() {
    return busyNanos.sum();
  }

  @Override
  public PoolSnapshot snapshot() {
    int busy = config.concurrency() - permits.availablePermits();
    boolean works = threads.alive() == 2;
    return new PoolSnapshot(works ? config.concurrency() : 0, busy, 0, timeouts.sum());
  }

  @Override
  public boolean close(Duration deadline) {
    boolean ended = threads.end(deadline, function);
    open.close();
    return ended;
  }
}
