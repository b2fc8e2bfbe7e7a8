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
 *
 * <p>Functions may leave the interrupt flag of their thread set and throw what they like: an
 * interrupt ends a thread only when the stage is closed.
 */
final class BlockingStage implements StageRunner {
  private final RecordFunction<Record, Record> function;
  private final Stage.Blocking config;
  private final Ticker ticker;
  private final ReentrantLock claim = new ReentrantLock();
  private final BlockingQueue<RecordCalls> waiting = new LinkedBlockingQueue<>();
  private final AtomicInteger busy = new AtomicInteger();
  private final LongAdder busyNanos = new LongAdder();
  private final OpenCalls open;
  private final StageThreads threads;
  private @Nullable RecordCalls current;

  @SuppressWarnings("unchecked") // The binding has checked the type arguments.
  BlockingStage(
      RecordMapping mapping,
      int stage,
      Stage.Blocking config,
      Completions completions,
      Ticker ticker) {
    this.function = (RecordFunction<Record, Record>) mapping.newInstance();
    this.config = config;
    this.ticker = ticker;
    this.open = new OpenCalls(config.name(), mapping, stage, completions, ticker);
    this.threads = new StageThreads(config.name(), completions);
    for (int i = 0; i < config.threads(); i++) {
      threads.start(Integer.toString(i), this::callNext);
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
    waiting.add(open.begin(batch));
  }

  /** Waits for a record before it takes one: an interrupt costs none. */
  private boolean callNext() throws InterruptedException {
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
        threads.forgetInterrupt();
        result = function.apply((Record) input);
      }
    } catch (Throwable e) {
      if (threads.isEnding()) {
        return false; // It is reported with its batch; the record is not to blame.
      }
      error = e;
    } finally {
      busy.decrementAndGet();
      busyNanos.add(ticker.nanos() - begin);
    }
    if (calls.settle(row, result, error)) {
      open.finish(calls);
    }
    return true;
  }

  private static Object read(RecordCalls calls, int row) {
    try {
      return calls.read(row);
    } catch (Throwable e) {
      return e;
    }
  }

  @Override
  public long busyNanos() {
    return busyNanos.sum();
  }

  @Override
  public PoolSnapshot snapshot() {
    return new PoolSnapshot(threads.alive(), busy.get(), 0, 0);
  }

  @Override
  public boolean close(Duration deadline) {
    boolean ended = threads.end(deadline, function);
    open.close();
    return ended;
  }
}
