package io.forebay.workers;

import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Calls the function in worker processes that share the slots' memory. A worker that dies takes
 * nothing with it: its batches are given to others and the worker is replaced.
 */
public final class ProcessPool implements WorkerPool {
  /**
   * Starts the worker processes and waits until they have bound the function.
   *
   * @param area the shared area in which the submitted slots lie; see {@link #controlBytes}
   * @param controlOffset where this pool's part of the control region begins
   */
  public static ProcessPool start(
      PoolConfig config,
      BoundFunction function,
      int stage,
      SlotSchema schema,
      SlotArea area,
      long controlOffset)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** How much of the control region a pool of this configuration needs. */
  public static long controlBytes(PoolConfig config) {
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
