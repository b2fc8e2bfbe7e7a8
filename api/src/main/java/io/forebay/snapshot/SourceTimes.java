package io.forebay.snapshot;

/**
 * What a source's partitions have waited for since the start, all of them together, and how even
 * they are.
 *
 * @param roomNanos for a free slot
 * @param creditNanos for records to be acknowledged, because the window was full
 * @param activeNanos until the source came to its end, or until now, since the run was started
 * @param partitions how many there are
 * @param busiestShare share of the records that came from the busiest partition, 0..1
 */
public record SourceTimes(
    long roomNanos, long creditNanos, long activeNanos, int partitions, double busiestShare) {
  /** Of a source without partitions. */
  public static final SourceTimes NONE = new SourceTimes(0, 0, 0, 0, 0);

  /** What came between an earlier instant and this one. */
  public SourceTimes since(SourceTimes earlier) {
    return new SourceTimes(
        Math.max(0, roomNanos - earlier.roomNanos),
        Math.max(0, creditNanos - earlier.creditNanos),
        activeNanos - earlier.activeNanos,
        partitions,
        busiestShare);
  }
}
