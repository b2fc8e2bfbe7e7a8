package io.forebay.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableMeasurement;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBucket;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The metrics of a scrape as instruments that are looked at when it is time: the same names, labels
 * and values, histograms as the counters that a scrape shows of them. Used by the thread that
 * collects.
 */
final class SnapshotMetrics {
  private final Supplier<MetricSnapshots> now;
  private final Map<String, ObservableDoubleMeasurement> instruments = new LinkedHashMap<>();

  private SnapshotMetrics(Supplier<MetricSnapshots> now) {
    this.now = now;
  }

  /** Makes an instrument of each metric that there is now. */
  static void register(Meter meter, Supplier<MetricSnapshots> now) {
    SnapshotMetrics metrics = new SnapshotMetrics(now);
    now.get().forEach(metric -> metrics.add(meter, metric));
    List<ObservableMeasurement> all = new ArrayList<>(metrics.instruments.values());
    var _ =
        meter.batchCallback(
            metrics::look,
            all.getFirst(),
            all.subList(1, all.size()).toArray(ObservableMeasurement[]::new));
  }

  private void add(Meter meter, MetricSnapshot metric) {
    String name = metric.getMetadata().getName();
    String help = Objects.requireNonNullElse(metric.getMetadata().getHelp(), "");
    switch (metric) {
      case CounterSnapshot _ -> counter(meter, name + "_total", help);
      case GaugeSnapshot _ ->
          instruments.put(
              name,
              meter.gaugeBuilder(name).setDescription(help).setUnit(unit(name)).buildObserver());
      case HistogramSnapshot _ -> {
        counter(meter, name + "_bucket", help);
        counter(meter, name + "_count", help);
        counter(meter, name + "_sum", help);
      }
      default -> {} // There are no others.
    }
  }

  private void counter(Meter meter, String name, String help) {
    instruments.put(
        name,
        meter
            .counterBuilder(name)
            .ofDoubles()
            .setDescription(help)
            .setUnit(unit(name))
            .buildObserver());
  }

  private static String unit(String name) {
    boolean counts = name.endsWith("_bucket") || name.endsWith("_count");
    return counts || !name.contains("_seconds") ? "" : "s";
  }

  private void look() {
    for (MetricSnapshot metric : now.get()) {
      String name = metric.getMetadata().getName();
      switch (metric) {
        case CounterSnapshot counter ->
            counter
                .getDataPoints()
                .forEach(at -> record(name + "_total", at.getValue(), attributes(at.getLabels())));
        case GaugeSnapshot gauge ->
            gauge
                .getDataPoints()
                .forEach(at -> record(name, at.getValue(), attributes(at.getLabels())));
        case HistogramSnapshot histogram ->
            histogram.getDataPoints().forEach(at -> histogram(name, at));
        default -> {}
      }
    }
  }

  private void histogram(String name, HistogramSnapshot.HistogramDataPointSnapshot at) {
    Attributes attributes = attributes(at.getLabels());
    long count = 0;
    for (ClassicHistogramBucket bucket : at.getClassicBuckets()) {
      count += bucket.getCount();
      double bound = bucket.getUpperBound();
      String text = bound == Double.POSITIVE_INFINITY ? "+Inf" : Double.toString(bound);
      record(name + "_bucket", count, attributes.toBuilder().put("le", text).build());
    }
    record(name + "_count", at.getCount(), attributes);
    record(name + "_sum", at.getSum(), attributes);
  }

  private void record(String name, double value, Attributes attributes) {
    ObservableDoubleMeasurement instrument = instruments.get(name);
    if (instrument != null) {
      instrument.record(value, attributes);
    }
  }

  private static Attributes attributes(Labels labels) {
    AttributesBuilder attributes = Attributes.builder();
    for (Label label : labels) {
      attributes.put(label.getName(), label.getValue());
    }
    return attributes.build();
  }
}
