package io.forebay.dashboard;

import io.forebay.snapshot.Latency;
import io.forebay.snapshot.PipelineSnapshot;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * How long something took, as a histogram in seconds.
 *
 * @param of what there is
 */
record LatencyHistogram(String name, String help, Function<PipelineSnapshot, List<Series>> of) {
  /** One of them, of a thread; of none where that is empty. */
  record Series(String thread, Latency latency) {}

  /** All. */
  static final List<LatencyHistogram> ALL =
      List.of(
          new LatencyHistogram(
              "forebay_arrival_to_commit_seconds",
              "Time from a record's arrival to its commit in every sink.",
              run -> List.of(new Series("", run.latency().arrivalToCommit()))),
          new LatencyHistogram(
              "forebay_event_to_commit_seconds",
              "Time from the time that a row tells to its commit in every sink.",
              run -> List.of(new Series("", run.latency().eventToCommit()))),
          new LatencyHistogram(
              "forebay_heartbeat_delay_seconds",
              "How late a beat every 10 ms ran on a thread that has to be free to receive.",
              run ->
                  run.heartbeats().stream()
                      .map(beat -> new Series(beat.thread(), beat.delay()))
                      .toList()));

  /** The names of its samples. */
  List<String> samples() {
    return List.of(name + "_bucket", name + "_count", name + "_sum");
  }

  /**
   * Of a run.
   *
   * @param texts hides secrets in names
   */
  HistogramSnapshot at(PipelineSnapshot run, Labels pipeline, UnaryOperator<String> texts) {
    HistogramSnapshot.Builder all = HistogramSnapshot.builder().name(name).help(help);
    for (Series series : of.apply(run)) {
      all.dataPoint(
          HistogramDataPointSnapshot.builder()
              .classicHistogramBuckets(buckets(series.latency))
              .sum(series.latency.totalSeconds())
              .labels(
                  series.thread.isEmpty()
                      ? pipeline
                      : pipeline.add("thread", texts.apply(series.thread)))
              .build());
    }
    return all.build();
  }

  private static ClassicHistogramBuckets buckets(Latency latency) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long below = 0;
    for (int i = 0; i < Latency.BOUNDS_SECONDS.size(); i++) {
      long within = latency.within().get(i);
      buckets.bucket(Latency.BOUNDS_SECONDS.get(i), within - below);
      below = within;
    }
    return buckets.bucket(Double.POSITIVE_INFINITY, latency.records() - below).build();
  }
}
