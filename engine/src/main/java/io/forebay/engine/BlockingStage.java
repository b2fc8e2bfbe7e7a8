package io.forebay.engine;

import io.forebay.RecordFunction;
import io.forebay.workers.PoolSnapshot;
import io.forebay.workers.RecordMapping;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A stage that blocks: virtual threads, as many as the stage may have calls blocked at a time, take
 * record after record. {@code current} and reading from its batch are guarded by {@code claim};
 * whoever settles the last record of a batch writes its results.
 */
final class BlockingStage implements StageRunner {
  private final RecordMapping mapping;
  private final RecordFunction<Record, Record> function;
  private final int stage;
  private final Stage.Blocking config;
  private final Completions completions;
  private final Ticker ticker;
  private final ReentrantLock claim = new ReentrantLock();
  private final BlockingQueue<RecordCalls> waiting = new LinkedBlockingQueue<>();
  private final AtomicInteger busy = new AtomicInteger();
  private final LongAdder busyNanos = new LongAdder();
  private final Thread[] threads;
  private @Nullable RecordCalls current;

  @SuppressWarnings("unchecked") // The binding has checked the type arguments.
  BlockingStage(
      RecordMapping mapping,
      int stage,
      Stage.Blocking config,
      Completions completions,
      Ticker ticker) {
    this.mapping = mapping;
    this.function = (RecordFunction<Record, Record>) mapping.newInstance();
    this.stage = stage;
    this.config = config;
    this.completions = completions;
    this.ticker = ticker;
    this.threads = new Thread[config.threads()];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = Thread.ofVirtual().name(config.name() + "-" + i).start(this::callAll);
    }
  }

  @Override
  public int capacity() {
    return config.threads() + 1;
  }

  @Override
  public int workers() {
    return config.threads();
  }

  @Override
  public boolean hasIdleWorker() {
    return busy.get() < config.threads() && waiting.isEmpty();
  }

  @Override
  public void submit(InFlightBatch batch) {
    waiting.add(new RecordCalls(batch, mapping, stage, ticker.nanos()));
  }

  private void callAll() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        callNext();
      }
    } catch (InterruptedException e) {
      // The stage is closed.
    }
  }

  private void callNext() throws InterruptedException {
    RecordCalls calls;
    int row;
    Object input;
    long begin;
    claim.lockInterruptibly();
    try {
      calls = current;
      if (calls == null || !calls.hasNext()) {
        calls = waiting.take();
        current = calls;
      }
      begin = ticker.nanos();
      row = calls.begin(begin);
      input = read(calls, row);
      busy.incrementAndGet();
    } finally {
      claim.unlock();
    }
    Object result = null;
    Throwable error = null;
    try {
      if (input instanceof Throwable unreadable) {
        error = unreadable;
      } else {
        result = function.apply((Record) input);
      }
    } catch (InterruptedException e) {
      throw e; // The stage is closed; the record is not to blame.
    } catch (Throwable e) {
      error = e;
    } finally {
      busy.decrementAndGet();
      busyNanos.add(ticker.nanos() - begin);
    }
    if (calls.settle(row, result, error)) {
      calls.finish(completions, ticker.nanos());
    }
  }

  private static Object read(RecordCalls calls, int row) {
    try {
      return calls.read(row);
    } catch (Exception e) {
      return e;
    }
  }

  @Override
  public long busyNanos() {
    return busyNanos.sum();
  }

  @Override
  public PoolSnapshot snapshot() {
    return new PoolSnapshot(config.threads(), busy.get(), 0, 0);
  }

  @Override
  public boolean close(Duration deadline) {
    return StageThreads.end(deadline, function, threads);
  }
}
