package io.forebay.engine.internal.measure;

import io.forebay.snapshot.Latency;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Gathers durations of one unit; its user provides for exclusion. */
public final class LatencyRecorder {
  private final double perSecond;
  private final Histogram histogram;
  private final long[] within = new long[Latency.BOUNDS_SECONDS.size()];
  private double totalSeconds;
  private long ahead;

  /**
   * To a microsecond and to one percent.
   *
   * @param perSecond the unit, a microsecond or shorter
   * @param longest what takes longer counts as this
   */
  public LatencyRecorder(long perSecond, long longest) {
    this.perSecond = perSecond;
    this.histogram = new Histogram(perSecond / 1_000_000, longest, 2);
  }

  /** So many have taken so long; what is negative lies ahead, and counts as 0. */
  public void took(long duration, int count) {
    if (duration < 0) {
      ahead += count;
    }
    long counted = Math.clamp(duration, 0, histogram.getHighestTrackableValue());
    histogram.recordValueWithCount(counted, count);
    double seconds = counted / perSecond;
    totalSeconds += seconds * count;
    for (int i = within.length - 1; i >= 0 && seconds <= Latency.BOUNDS_SECONDS.get(i); i--) {
      within[i] += count;
    }
  }

  /** What was gathered. */
  public Latency read() {
    List<Long> counts = new ArrayList<>(within.length);
    for (long each : within) {
      counts.add(each);
    }
    return new Latency(
        histogram.getTotalCount(),
        ahead,
        millis(histogram.getValueAtPercentile(50)),
        millis(histogram.getValueAtPercentile(99)),
        millis(histogram.getValueAtPercentile(99.9)),
        millis(histogram.getMaxValue()),
        totalSeconds,
        counts);
  }

  private double millis(long value) {
    return histogram.getTotalCount() == 0 ? 0 : value / perSecond * 1e3;
  }
}
