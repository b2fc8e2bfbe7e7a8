package io.forebay.workers.api;

import java.time.Duration;
import java.util.Optional;

/**
 * What worker processes may take, and how they are treated.
 *
 * @param timeout the longest a call may take; worker processes are killed beyond it
 * @param memoryBytes heap limit of a worker process
 * @param priority against everything else on the machine
 * @param protect whether they can write into nothing but memory of their own, so that a stray write
 *     of native code spoils no other batch; empty: those of Python functions
 * @param recycling when they are replaced although they are well
 * @param launch what they are started with besides
 */
public record WorkerProcesses(
    Duration timeout,
    long memoryBytes,
    WorkerPriority priority,
    Optional<Boolean> protect,
    Recycling recycling,
    WorkerLaunch launch) {

  /** That let the rest go first, are protected as is usual for their language, and not recycled. */
  public WorkerProcesses(Duration timeout, long memoryBytes) {
    this(
        timeout,
        memoryBytes,
        WorkerPriority.LOW,
        Optional.empty(),
        Recycling.NEVER,
        WorkerLaunch.USUAL);
  }

  /** With another timeout. */
  public WorkerProcesses timeout(Duration limit) {
    return new WorkerProcesses(limit, memoryBytes, priority, protect, recycling, launch);
  }

  /** With another heap limit. */
  public WorkerProcesses memory(long bytes) {
    return new WorkerProcesses(timeout, bytes, priority, protect, recycling, launch);
  }

  /** With another priority. */
  public WorkerProcesses priority(WorkerPriority rank) {
    return new WorkerProcesses(timeout, memoryBytes, rank, protect, recycling, launch);
  }

  /** Protected from stray writes, or not. */
  public WorkerProcesses protect(boolean fromStrayWrites) {
    return new WorkerProcesses(
        timeout, memoryBytes, priority, Optional.of(fromStrayWrites), recycling, launch);
  }

  /** Recycled otherwise. */
  public WorkerProcesses recycling(Recycling when) {
    return new WorkerProcesses(timeout, memoryBytes, priority, protect, when, launch);
  }

  /** Started with these, too. */
  public WorkerProcesses launch(WorkerLaunch with) {
    return new WorkerProcesses(timeout, memoryBytes, priority, protect, recycling, with);
  }
}
