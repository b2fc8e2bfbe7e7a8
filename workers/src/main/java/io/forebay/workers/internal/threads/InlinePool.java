package io.forebay.workers.internal.threads;

import io.forebay.slots.Slot;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.calls.CallAbandonedException;
import io.forebay.workers.internal.calls.PooledFunction;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Calls the function on the submitting thread. Thread-safe; calls are serialized.
 *
 * <p>Any thread may call; {@code lock} guards the function and is held during a call. The fields
 * that others look at meanwhile are volatile.
 */
public final class InlinePool implements WorkerPool {
  private final ReentrantLock lock = new ReentrantLock();
  private final PooledFunction function;
  private final int stage;
  private volatile boolean busy;
  private volatile boolean closed;

  /** A pool of one: the caller. An interrupt during a call ends the call. */
  public InlinePool(BoundFunction function, int stage) {
    this(function, stage, () -> true);
  }

  /**
   * As the other one, for a caller whose thread functions may interrupt by mistake.
   *
   * @param withdrawn whether an interrupt during a call is meant for the call; otherwise it is the
   *     function's own, and the pool forgets it
   */
  public InlinePool(BoundFunction function, int stage, BooleanSupplier withdrawn) {
    this.function = function.newPooled();
    this.function.withdrawn = withdrawn;
    this.stage = stage;
  }

  @Override
  public CompletableFuture<Completion> submit(Slot slot, CallOptions options)
      throws InterruptedException {
    long submitted = MonotonicClock.nanos();
    lock.lockInterruptibly();
    try {
      if (closed) {
        throw new IllegalStateException("the worker pool is closed");
      }
      busy = true;
      function.call(slot, stage);
      function.forgetInterrupt();
      return CompletableFuture.completedFuture(
          new Completion.Done(
              slot.result(stage), Math.max(0, function.meter.began() - submitted), 0));
    } catch (CallAbandonedException e) {
      Thread.interrupted();
      throw new InterruptedException();
    } catch (VirtualMachineError e) {
      return CompletableFuture.completedFuture(ErrorText.lost("the function on this thread", e));
    } finally {
      busy = false;
      lock.unlock();
    }
  }

  @Override
  public int workers() {
    return 1;
  }

  @Override
  public int capacity() {
    return 1;
  }

  @Override
  public boolean hasIdleWorker() {
    return !busy;
  }

  @Override
  public PoolSnapshot snapshot() {
    return new PoolSnapshot(closed ? 0 : 1, busy ? 1 : 0, 0, 0);
  }

  @Override
  public boolean close(Duration deadline) {
    close();
    return true;
  }

  /** Refuses further calls; a call that another thread is in is left to end. */
  @Override
  public void close() {
    closed = true;
  }
}
