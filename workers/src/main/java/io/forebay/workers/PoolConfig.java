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
 */
public record PoolConfig(
    String name,
    int workers,
    int inFlightPerWorker,
    Duration timeout,
    long memoryBytes,
    WorkerPriority priority,
    Optional<Boolean> protect) {

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
