package io.forebay.snapshot;

/**
 * Where the time of a stage has gone since it started, all its workers together, in nanoseconds.
 * Every one only grows; {@link #UNKNOWN} where the system does not tell. The definitions are in
 * {@code docs/specs/metrics.md}.
 *
 * @param wall in the function, by calls that have ended
 * @param measured the part of it in calls whose CPU time was measured
 * @param cpu CPU time of the calls that were measured
 * @param runDelay how long the calls that were measured could have run but had no core
 * @param lock how long calls waited for a lock that another thread had, by samples
 * @param gc how long the workers' garbage collections have lasted
 * @param transport spent on crossing the border, there and back
 * @param occupied workers that had a batch
 * @param active while at least one batch was with the stage's workers
 * @param processCpu CPU time of the worker processes, with all their threads
 * @param backpressured workers without a batch while sources waited for room and no stage before
 *     this one had a batch: what they had done could not be written fast enough behind them
 */
public record StageTimes(
    long wall,
    long measured,
    long cpu,
    long runDelay,
    long lock,
    long gc,
    long transport,
    long occupied,
    long active,
    long processCpu,
    long backpressured) {
  /** What is not known. */
  public static final long UNKNOWN = -1;

  /** Of a stage of which nothing is known. */
  public static final StageTimes NONE =
      new StageTimes(0, 0, 0, UNKNOWN, UNKNOWN, UNKNOWN, 0, 0, 0, UNKNOWN, 0);

  /** What came between an earlier instant and this one. */
  public StageTimes since(StageTimes earlier) {
    return new StageTimes(
        wall - earlier.wall,
        measured - earlier.measured,
        cpu - earlier.cpu,
        difference(runDelay, earlier.runDelay),
        difference(lock, earlier.lock),
        difference(gc, earlier.gc),
        transport - earlier.transport,
        occupied - earlier.occupied,
        active - earlier.active,
        difference(processCpu, earlier.processCpu),
        backpressured - earlier.backpressured);
  }

  /** Between two readings, of which either may be unknown. */
  static long difference(long now, long before) {
    return now < 0 ? UNKNOWN : Math.max(0, now - Math.max(0, before));
  }
}
