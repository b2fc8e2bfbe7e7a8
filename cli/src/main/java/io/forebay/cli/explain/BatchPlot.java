package io.forebay.cli.explain;

import io.forebay.cli.explain.StageReport.BatchPoint;
import io.forebay.observe.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Batch size against time, in characters: a bar for each size that was tried, as long as a record
 * costs, on a logarithmic scale. Calls within the band of 5 to 50 ms are marked.
 */
final class BatchPlot {
  /** A call should take so long: shorter, and it is mostly overhead; longer, and workers idle. */
  static final double BAND_FROM_NANOS = 5e6;

  static final double BAND_TO_NANOS = 50e6;

  private static final int WIDTH = 40;

  private BatchPlot() {}

  static List<String> lines(List<BatchPoint> points) {
    if (points.size() < 2) {
      return List.of();
    }
    double least = points.stream().mapToDouble(BatchPoint::nanosPerRecord).min().orElseThrow();
    double most = points.stream().mapToDouble(BatchPoint::nanosPerRecord).max().orElseThrow();
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT, "%9s  %-" + (WIDTH + 9) + "s  %s", "batch", "a record", "a call"));
    for (BatchPoint point : points) {
      double nanos = point.nanosPerRecord();
      double share = most <= least ? 1 : Math.log(nanos / least) / Math.log(most / least);
      int length = 1 + (int) Math.round(share * (WIDTH - 1));
      double call = point.nanos() + point.borderNanos();
      boolean within = call >= BAND_FROM_NANOS && call <= BAND_TO_NANOS;
      String bar = "█".repeat(length) + " " + Format.time(nanos);
      lines.add(
          String.format(
              Locale.ROOT,
              "%9s  %-" + (WIDTH + 9) + "s  %s%s",
              Format.count(Math.round(point.rows())),
              bar,
              Format.time(call),
              within ? "  ← 5–50 ms" : ""));
    }
    return lines;
  }
}
