package io.forebay.snapshot;

import java.util.Collections;
import java.util.List;

/**
 * How long records have taken from one instant to their commit, since the run started; the
 * definitions are in {@code docs/specs/metrics.md}. Percentiles are off by one percent at most.
 *
 * @param records how many were committed
 * @param ahead how many of them were committed before that instant, which lay in the future: they
 *     count as 0
 * @param p50Ms half of the records took no longer, in milliseconds
 * @param p99Ms 99 % took no longer
 * @param p999Ms 99.9 % took no longer
 * @param maxMs the longest
 * @param totalSeconds all of them together
 * @param within how many took no longer than each of {@link #BOUNDS_SECONDS}
 */
public record Latency(
    long records,
    long ahead,
    double p50Ms,
    double p99Ms,
    double p999Ms,
    double maxMs,
    double totalSeconds,
    List<Long> within) {
  /** What {@link #within} counts, ascending. */
  public static final List<Double> BOUNDS_SECONDS =
      List.of(
          0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
          600.0, 3600.0, 86400.0);

  /** Of no record. */
  public static final Latency NONE =
      new Latency(0, 0, 0, 0, 0, 0, 0, Collections.nCopies(BOUNDS_SECONDS.size(), 0L));

  /**
   * Both instants from which it counts.
   *
   * @param arrivalToCommit since the record was read: its source had handed it in
   * @param eventToCommit since the time that the record itself tells; of rows without one nothing
   *     is known
   */
  public record Both(Latency arrivalToCommit, Latency eventToCommit) {
    /** Of no record. */
    public static final Both NONE = new Both(Latency.NONE, Latency.NONE);
  }
}
