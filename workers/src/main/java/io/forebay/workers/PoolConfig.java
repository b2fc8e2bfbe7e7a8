package io.forebay.workers;

import java.time.Duration;
import java.util.Optional;

/**
 * How a pool of workers is run.
 *
 * @param name the stage's name, for threads, logs and messages
 * @param workers how many workers, ≥ 1
 * @param inFlightPerWorker batches queued at a worker, ≥ 1
 * @param timeout the longest a call may take; worker processes are killed beyond it
 * @param memoryBytes heap limit of a worker process
 * @param priority of worker processes
 * @param protect whether worker processes can write into nothing but memory of their own, so that a
 *     stray write of native code spoils no other batch; empty: those of Python functions
 * @param recycleCalls a worker process is replaced after so many calls; 0: never
 * @param recycleGrowthBytes a worker process is replaced when its resident size has grown so much
 *     since it was ready; 0: never
 */
public record PoolConfig(
    String name,
    int workers,
    int inFlightPerWorker,
    Duration timeout,
    long memoryBytes,
    WorkerPriority priority,
    Optional<Boolean> protect,
    long recycleCalls,
    long recycleGrowthBytes) {

  /** With workers that are replaced only when they are lost, or near a limit. */
  public PoolConfig(
      String name,
      int workers,
      int inFlightPerWorker,
      Duration timeout,
      long memoryBytes,
      WorkerPriority priority,
      Optional<Boolean> protect) {
    this(name, workers, inFlightPerWorker, timeout, memoryBytes, priority, protect, 0, 0);
  }

  /** With workers that let the rest go first. */
  public PoolConfig(
      String name, int workers, int inFlightPerWorker, Duration timeout, long memoryBytes) {
    this(name, workers, inFlightPerWorker, timeout, memoryBytes, WorkerPriority.LOW);
  }

  /** With workers that are protected as is usual for the function's language. */
  public PoolConfig(
      String name,
      int workers,
      int inFlightPerWorker,
      Duration timeout,
      long memoryBytes,
      WorkerPriority priority) {
    this(name, workers, inFlightPerWorker, timeout, memoryBytes, priority, Optional.empty());
  }
}
