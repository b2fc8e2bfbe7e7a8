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
 * of batches whose records are all settled; the function's own threads only settle.
 */
final class AsyncStage implements StageRunner {
  private final RecordMapping mapping;
  private final AsyncFunction<Record, Record> function;
  private final int stage;
  private final Stage.Async config;
  private final Completions completions;
  private final Ticker ticker;
  private final Semaphore permits;
  private final BlockingQueue<RecordCalls> waiting = new LinkedBlockingQueue<>();
  private final BlockingQueue<RecordCalls> settled = new LinkedBlockingQueue<>();
  private final LongAdder busyNanos = new LongAdder();
  private final LongAdder timeouts = new LongAdder();
  private final Thread starter;
  private final Thread writer;

  @SuppressWarnings("unchecked") // The binding has checked the type arguments.
  AsyncStage(
      RecordMapping mapping,
      int stage,
      Stage.Async config,
      Completions completions,
      Ticker ticker) {
    this.mapping = mapping;
    this.function = (AsyncFunction<Record, Record>) mapping.newInstance();
    this.stage = stage;
    this.config = config;
    this.completions = completions;
    this.ticker = ticker;
    this.permits = new Semaphore(config.concurrency());
    this.starter = Thread.ofVirtual().name(config.name() + "-start").start(this::startAll);
    this.writer = Thread.ofVirtual().name(config.name() + "-write").start(this::writeAll);
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
    waiting.add(new RecordCalls(batch, mapping, stage, ticker.nanos()));
  }

  private void startAll() {
    try {
      while (true) {
        RecordCalls calls = waiting.take();
        while (calls.hasNext()) {
          permits.acquire();
          start(calls);
        }
      }
    } catch (InterruptedException e) {
      // The stage is closed.
    }
  }

  private void start(RecordCalls calls) {
    long begin = ticker.nanos();
    int row = calls.begin(begin);
    CompletableFuture<Object> outcome = new CompletableFuture<>();
    var _ = outcome.whenComplete((result, error) -> settle(calls, row, begin, result, error));
    try {
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

  private void writeAll() {
    try {
      while (true) {
        settled.take().finish(completions, ticker.nanos());
      }
    } catch (InterruptedException e) {
      // The stage is closed.
    }
  }

  @Override
  public long busyNanos() {
    return busyNanos.sum();
  }

  @Override
  public PoolSnapshot snapshot() {
    int busy = config.concurrency() - permits.availablePermits();
    return new PoolSnapshot(config.concurrency(), busy, 0, timeouts.sum());
  }

  @Override
  public boolean close(Duration deadline) {
    return StageThreads.end(deadline, function, starter, writer);
  }
}
