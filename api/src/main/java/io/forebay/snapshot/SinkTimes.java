package io.forebay.snapshot;

/**
 * What a sink has spent its time on since the start.
 *
 * @param writeNanos writing and flushing batches
 * @param commitNanos committing: fsync, transaction
 * @param backlogBytes what lies in the spool before it; {@link StageTimes#UNKNOWN} where there is
 *     none
 */
public record SinkTimes(long writeNanos, long commitNanos, long backlogBytes) {
  /** Of a sink that has done nothing yet. */
  public static final SinkTimes NONE = new SinkTimes(0, 0, StageTimes.UNKNOWN);

  /** What came between an earlier instant and this one; the backlog is the present one. */
  public SinkTimes since(SinkTimes earlier) {
    return new SinkTimes(
        writeNanos - earlier.writeNanos, commitNanos - earlier.commitNanos, backlogBytes);
  }
}
