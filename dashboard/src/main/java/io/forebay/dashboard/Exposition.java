package io.forebay.dashboard;

import io.forebay.observe.Diagnosis;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.Punctuality;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.snapshot.WorkerSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * A snapshot as the metrics of Prometheus and OpenMetrics: base units, counters that only grow, a
 * label for each part. Used by one thread.
 */
public final class Exposition {
  /** What a metric does from one scrape to the next. */
  private enum Kind {
    COUNTER,
    GAUGE
  }

  /**
   * A metric of each part of one kind.
   *
   * @param name without {@code _total}, which the text format adds to counters
   */
  private record Metric<T>(String name, Kind kind, String help, ToDoubleFunction<T> value) {}

  private static final List<Metric<PipelineSnapshot>> PIPELINE =
      List.of(
          counter(
              "forebay_elapsed_seconds",
              "Time since the sources were opened.",
              run -> seconds(run)),
          counter("forebay_records_read", "Records read.", run -> run.records().read()),
          counter(
              "forebay_records_delivered",
              "Records committed in every sink.",
              run -> run.records().delivered()),
          counter(
              "forebay_records_dead_lettered",
              "Records that went to dead letter.",
              run -> run.records().deadLettered()),
          counter(
              "forebay_records_filtered",
              "Records that a function left out.",
              run -> run.records().filtered()),
          counter("forebay_records_dropped", "Records lost.", run -> run.records().dropped()),
          counter(
              "forebay_records_aggregated",
              "Records counted in windows.",
              run -> run.records().aggregated()),
          gauge(
              "forebay_records_in_flight",
              "Records read and not yet committed everywhere.",
              run -> run.records().inFlight()),
          gauge("forebay_slots", "Batches that the forebay can hold.", PipelineSnapshot::slots),
          gauge("forebay_slots_free", "Slots that hold no batch.", PipelineSnapshot::slotsFree),
          counter(
              "forebay_dispatcher_busy_seconds",
              "Time in which the thread that hands out batches worked.",
              run -> nanos(run.engine().dispatcher())),
          counter(
              "forebay_event_time_ahead",
              "Rows whose time lay in the future when they were committed.",
              run -> run.latency().eventToCommit().ahead()));

  private static final List<Metric<SourceSnapshot>> SOURCE =
      List.of(
          counter("forebay_source_records", "Records handed in.", at -> at.records()),
          counter("forebay_source_bytes", "Bytes of the values handed in.", at -> at.bytes()),
          counter(
              "forebay_source_blocked_seconds",
              "Time in which the source waited because the forebay was full.",
              at ->
                  nanos(at.times().roomNanos() + at.times().creditNanos())
                      / Math.max(1, at.times().partitions())),
          counter(
              "forebay_source_room_wait_seconds",
              "Time in which the source's partitions together waited for a free slot.",
              at -> nanos(at.times().roomNanos())),
          counter(
              "forebay_source_window_wait_seconds",
              "Time in which the source's partitions together waited for their window.",
              at -> nanos(at.times().creditNanos())),
          gauge(
              "forebay_source_up",
              "1, or 0 while the source has lost its outside world or not yet found it.",
              at -> at.isAway() ? 0 : 1),
          gauge(
              "forebay_source_finished",
              "1 when the source came to its end.",
              at -> at.finished() ? 1 : 0));

  private static final List<Metric<StageSnapshot>> STAGE =
      List.of(
          gauge(
              "forebay_stage_workers",
              "Workers, threads or concurrent records that the stage may use.",
              at -> at.workers()),
          counter("forebay_stage_records_in", "Rows given to the function.", at -> at.recordsIn()),
          counter("forebay_stage_records_out", "Rows that came back.", at -> at.recordsOut()),
          counter(
              "forebay_stage_in_bytes",
              "Bytes of the values of the rows given to the function.",
              at -> at.bytesIn()),
          counter(
              "forebay_stage_out_bytes",
              "Bytes of the values of the rows that came back.",
              at -> at.bytesOut()),
          counter("forebay_stage_batches", "Batches done.", at -> at.batches()),
          gauge(
              "forebay_stage_batch_rows_median",
              "Rows of the median batch since the start.",
              at -> at.batchRowsP50()),
          gauge(
              "forebay_stage_batch_rows_max",
              "Rows of the largest batch since the start.",
              at -> at.batchRowsMax()),
          gauge(
              "forebay_stage_service_seconds_median",
              "Time in the function for a batch, median since the start.",
              at -> at.serviceMsP50() / 1e3),
          gauge(
              "forebay_stage_service_seconds_p99",
              "Time in the function for a batch, 99th percentile since the start.",
              at -> at.serviceMsP99() / 1e3),
          gauge(
              "forebay_stage_wait_seconds_median",
              "Time that a batch waited for a worker, median since the start.",
              at -> at.waitMsP50() / 1e3),
          gauge(
              "forebay_stage_wait_seconds_p99",
              "Time that a batch waited for a worker, 99th percentile since the start.",
              at -> at.waitMsP99() / 1e3),
          counter(
              "forebay_stage_busy_seconds",
              "Time that all workers together spent in the function.",
              at -> nanos(at.times().wall())),
          counter(
              "forebay_stage_backpressured_seconds",
              "Time in which workers had no batch because what lies behind them was full.",
              at -> nanos(at.times().backpressured())),
          gauge(
              "forebay_stage_cpu_ratio",
              "CPU time of the function against its wall time since the start.",
              at -> at.cpuShare()),
          gauge(
              "forebay_stage_transport_ratio",
              "Share of a call spent on crossing the border, since the start.",
              at -> at.transportShare()),
          counter(
              "forebay_stage_transport_seconds",
              "Time that crossing the border to the workers and back took.",
              at -> nanos(at.times().transport())),
          counter(
              "forebay_stage_worker_failures",
              "Workers that ended though nobody wanted them to.",
              at -> at.ends().failures()),
          counter(
              "forebay_stage_down_seconds",
              "Time in which places of workers had none, all together.",
              at -> nanos(at.ends().downNanos())),
          counter("forebay_stage_restarts", "Workers replaced.", at -> at.restarts()),
          counter("forebay_stage_timeouts", "Calls ended at their deadline.", at -> at.timeouts()));

  private static final List<Metric<SinkSnapshot>> SINK =
      List.of(
          counter("forebay_sink_records", "Rows committed.", at -> at.records()),
          counter(
              "forebay_sink_bytes",
              "Bytes of the values that the sink was given.",
              at -> at.bytes()),
          counter(
              "forebay_sink_busy_seconds",
              "Time spent writing and committing.",
              at -> nanos(at.times().writeNanos() + at.times().commitNanos())),
          counter(
              "forebay_sink_write_seconds",
              "Time spent writing and flushing batches.",
              at -> nanos(at.times().writeNanos())),
          counter(
              "forebay_sink_commit_seconds",
              "Time spent committing: fsync, transaction.",
              at -> nanos(at.times().commitNanos())),
          counter("forebay_sink_commits", "Commits done.", at -> at.commits()),
          gauge(
              "forebay_sink_commit_seconds_p99",
              "Time of a commit, 99th percentile since the start.",
              at -> at.commitMsP99() / 1e3),
          counter(
              "forebay_sink_retries",
              "How often it was tried again after its store was away.",
              at -> at.retries()),
          gauge(
              "forebay_sink_up",
              "1, or 0 while the sink's store is away.",
              at -> at.away().isEmpty() ? 1 : 0));

  /** A worker process of a stage. */
  private record WorkerPlace(StageSnapshot stage, WorkerSnapshot worker) {}

  private static final List<Metric<WorkerPlace>> WORKER =
      List.of(
          gauge(
              "forebay_worker_busy",
              "1 while the worker has a batch, otherwise 0.",
              at -> at.worker.state() == WorkerSnapshot.State.BUSY ? 1 : 0),
          gauge(
              "forebay_worker_up",
              "1, or 0 while there is no process in the worker's place.",
              at -> at.worker.state() == WorkerSnapshot.State.STARTING ? 0 : 1),
          counter(
              "forebay_worker_cpu_seconds",
              "CPU time of the processes that were in the worker's place, or of its thread.",
              at -> nanos(Math.max(0, at.worker.cpuNanos()))),
          counter("forebay_worker_records", "Rows given to the function.", at -> at.worker.rows()),
          counter("forebay_worker_batches", "Batches done.", at -> at.worker.batches()),
          counter(
              "forebay_worker_restarts",
              "Processes that have ended in the worker's place.",
              at -> at.worker.ends()));

  private static final Metric<Punctuality> STALLS =
      counter(
          "forebay_heartbeat_stalls",
          "How often a thread that has to be free to receive was held up for 200 ms or longer.",
          beat -> beat.stalls());

  private static final Metric<Diagnosis> DIAGNOSIS =
      gauge(
          "forebay_diagnosis_share",
          "What has limited the pipeline in the last seconds, by kind and part, and the share of"
              + " the time that it explains.",
          Diagnosis::share);

  /** Hides secrets in names. */
  private final UnaryOperator<String> texts;

  /** The highest value that each counter has had: a scraper takes one that falls for a restart. */
  private final Map<List<Object>, Double> highest = new HashMap<>();

  /**
   * Not used yet.
   *
   * @param texts applied to each label: hides secrets
   */
  public Exposition(UnaryOperator<String> texts) {
    this.texts = texts;
  }

  private static <T> Metric<T> counter(String name, String help, ToDoubleFunction<T> value) {
    return new Metric<>(name, Kind.COUNTER, help, value);
  }

  private static <T> Metric<T> gauge(String name, String help, ToDoubleFunction<T> value) {
    return new Metric<>(name, Kind.GAUGE, help, value);
  }

  /** The metrics of a run, and what limits it now. */
  public MetricSnapshots of(PipelineSnapshot run, Optional<Diagnosis> diagnosis) {
    Labels pipeline = Labels.of("pipeline", texts.apply(run.name()));
    List<MetricSnapshot> metrics = new ArrayList<>();
    add(metrics, PIPELINE, List.of(run), any -> pipeline);
    for (LatencyHistogram latency : LatencyHistogram.ALL) {
      metrics.add(latency.at(run, pipeline, texts));
    }
    add(metrics, SOURCE, run.sources(), at -> pipeline.add("source", texts.apply(at.name())));
    add(
        metrics,
        STAGE,
        run.stages(),
        at ->
            pipeline.merge(
                Labels.of(
                    "stage", texts.apply(at.name()),
                    "kind", lower(at.kind()),
                    "on", at.on().map(Exposition::lower).orElse(""))));
    add(
        metrics,
        WORKER,
        run.stages().stream()
            .flatMap(stage -> stage.each().stream().map(worker -> new WorkerPlace(stage, worker)))
            .toList(),
        at ->
            pipeline.merge(
                Labels.of(
                    "stage", texts.apply(at.stage.name()),
                    "worker", Integer.toString(at.worker.worker()))));
    add(metrics, SINK, run.sinks(), at -> pipeline.add("sink", texts.apply(at.name())));
    add(
        metrics,
        List.of(STALLS),
        run.heartbeats(),
        beat -> pipeline.add("thread", texts.apply(beat.thread())));
    add(
        metrics,
        List.of(DIAGNOSIS),
        diagnosis.stream().toList(),
        cause ->
            pipeline.merge(
                Labels.of("kind", cause.kind().label(), "part", texts.apply(cause.part()))));
    return new MetricSnapshots(metrics);
  }

  private <T> void add(
      List<MetricSnapshot> metrics,
      List<Metric<T>> kinds,
      List<T> parts,
      Function<T, Labels> labels) {
    for (Metric<T> metric : kinds) {
      switch (metric.kind()) {
        case COUNTER -> {
          CounterSnapshot.Builder counter =
              CounterSnapshot.builder().name(metric.name()).help(metric.help());
          for (T part : parts) {
            Labels of = labels.apply(part);
            double value =
                highest.merge(
                    List.of(metric.name(), of), metric.value().applyAsDouble(part), Math::max);
            counter.dataPoint(at(CounterDataPointSnapshot.builder().value(value), of).build());
          }
          metrics.add(counter.build());
        }
        case GAUGE -> {
          GaugeSnapshot.Builder gauge =
              GaugeSnapshot.builder().name(metric.name()).help(metric.help());
          for (T part : parts) {
            double value = metric.value().applyAsDouble(part);
            gauge.dataPoint(
                at(GaugeDataPointSnapshot.builder().value(value), labels.apply(part)).build());
          }
          metrics.add(gauge.build());
        }
      }
    }
  }

  private static <B extends DataPointSnapshot.Builder<B>> B at(B point, Labels labels) {
    return point.labels(labels);
  }

  /** Names and meanings, as a scrape shows them; counters end in {@code _total}. */
  static Map<String, String> meanings() {
    Map<String, String> meanings = new LinkedHashMap<>();
    for (List<? extends Metric<?>> kinds :
        List.of(PIPELINE, SOURCE, STAGE, WORKER, SINK, List.of(STALLS), List.of(DIAGNOSIS))) {
      for (Metric<?> metric : kinds) {
        String suffix = metric.kind() == Kind.COUNTER ? "_total" : "";
        meanings.put(metric.name() + suffix, metric.help());
      }
    }
    for (LatencyHistogram latency : LatencyHistogram.ALL) {
      latency.samples().forEach(sample -> meanings.put(sample, latency.help()));
    }
    return meanings;
  }

  private static double seconds(PipelineSnapshot run) {
    return nanos(run.elapsed().toNanos());
  }

  /** In seconds. */
  private static double nanos(long nanos) {
    return nanos / 1e9;
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
