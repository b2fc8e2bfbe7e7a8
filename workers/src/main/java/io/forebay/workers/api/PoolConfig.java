package io.forebay.workers.api;

import java.time.Duration;

/**
 * How a pool of workers is run.
 *
 * @param name the stage's name, for threads, logs and messages
 * @param workers how many workers, ≥ 1
 * @param inFlightPerWorker batches queued at a worker, ≥ 1
 * @param processes how worker processes are treated
 */
public record PoolConfig(
    String name, int workers, int inFlightPerWorker, WorkerProcesses processes) {

  /** With workers that are treated as is usual. */
  public PoolConfig(
      String name, int workers, int inFlightPerWorker, Duration timeout, long memoryBytes) {
    this(name, workers, inFlightPerWorker, new WorkerProcesses(timeout, memoryBytes));
  }

  /** With worker processes that are started with these, too. */
  public PoolConfig launch(WorkerLaunch with) {
    return new PoolConfig(name, workers, inFlightPerWorker, processes.launch(with));
  }
}
