package io.forebay.workers;

import io.forebay.slots.Slot;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Calls the function on threads of this process: no isolation, no kill on time. */
public final class ThreadPool implements WorkerPool {
  /** Starts the threads. */
  public ThreadPool(PoolConfig config, BoundFunction function, int stage) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Completion> submit(Slot slot) throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  @Override
  public int workers() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int capacity() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean hasIdleWorker() {
    throw new UnsupportedOperationException();
  }

  @Override
  public PoolSnapshot snapshot() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close(Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
