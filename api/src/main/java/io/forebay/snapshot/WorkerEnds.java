package io.forebay.snapshot;

/**
 * How the worker processes of a stage have ended since it started, and what that has cost.
 *
 * @param memory at the stage's memory limit
 * @param timeouts killed by the pool, because a call took longer than the stage's timeout or the
 *     worker gave no sign of life
 * @param crashes by a signal of their own making: native code
 * @param exits ended by the function: an exit, descriptors or threads used up, a worker harmed
 * @param kills killed by somebody else, or by the system for want of memory
 * @param recycled ended by the pool because they had worked enough, or were near a limit
 * @param downNanos time that places were without a worker, all places together
 */
public record WorkerEnds(
    long memory,
    long timeouts,
    long crashes,
    long exits,
    long kills,
    long recycled,
    long downNanos) {
  /** Of workers of which none has ended. */
  public static final WorkerEnds NONE = new WorkerEnds(0, 0, 0, 0, 0, 0, 0);

  /** Ends that nobody wanted. */
  public long failures() {
    return memory + timeouts + crashes + exits + kills;
  }

  /** What came between an earlier instant and this one. */
  public WorkerEnds since(WorkerEnds earlier) {
    return new WorkerEnds(
        memory - earlier.memory,
        timeouts - earlier.timeouts,
        crashes - earlier.crashes,
        exits - earlier.exits,
        kills - earlier.kills,
        recycled - earlier.recycled,
        downNanos - earlier.downNanos);
  }
}
