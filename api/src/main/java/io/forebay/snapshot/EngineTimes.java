package io.forebay.snapshot;

/**
 * What the engine's own process has spent time on since the run started, in nanoseconds; {@link
 * StageTimes#UNKNOWN} where the system does not tell.
 *
 * @param starting until the sources were started, since the run was: workers start, outputs open
 * @param dispatcher the dispatcher's thread worked
 * @param roomWait at least one partition waited for a free slot
 * @param creditWait at least one partition waited for its window
 * @param gc garbage collections of the engine
 * @param ingestCpu CPU time of the threads that carry virtual threads, and of those that a virtual
 *     thread has started: of sources
 * @param runDelay threads that carry sources could have run but had no core
 */
public record EngineTimes(
    long starting,
    long dispatcher,
    long roomWait,
    long creditWait,
    long gc,
    long ingestCpu,
    long runDelay) {
  /** Of an engine of which nothing is known. */
  public static final EngineTimes NONE =
      new EngineTimes(0, 0, 0, 0, StageTimes.UNKNOWN, StageTimes.UNKNOWN, StageTimes.UNKNOWN);

  /** What came between an earlier instant and this one. */
  public EngineTimes since(EngineTimes earlier) {
    return new EngineTimes(
        starting - earlier.starting,
        dispatcher - earlier.dispatcher,
        roomWait - earlier.roomWait,
        creditWait - earlier.creditWait,
        StageTimes.difference(gc, earlier.gc),
        StageTimes.difference(ingestCpu, earlier.ingestCpu),
        StageTimes.difference(runDelay, earlier.runDelay));
  }
}
