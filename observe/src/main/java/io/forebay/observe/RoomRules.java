package io.forebay.observe;

import static io.forebay.observe.Thresholds.BATCHES;
import static io.forebay.observe.Thresholds.BUSIEST_SHARE;
import static io.forebay.observe.Thresholds.HELD_UP_SHARE;
import static io.forebay.observe.Thresholds.IDLE_WORKERS_SHARE;
import static io.forebay.observe.Thresholds.PRESSED_SHARE;
import static io.forebay.observe.Thresholds.SMALL_ROWS;
import static io.forebay.observe.Thresholds.UNEVEN_SHARE;

import io.forebay.observe.Diagnosis.Gain;
import io.forebay.observe.Diagnosis.Kind;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageKind;
import io.forebay.snapshot.StageSnapshot;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What holds records back though nothing is busy: {@code window}, {@code slots}, {@code
 * large-batches}, {@code skew}.
 */
final class RoomRules {
  private RoomRules() {}

  static Optional<Diagnosis> find(Span span) {
    return window(span).or(() -> unevenBatches(span)).or(() -> largeBatches(span));
  }

  private static Optional<Diagnosis> window(Span span) {
    double credit = span.held().credit();
    if (credit < HELD_UP_SHARE || credit < span.held().room()) {
      return Optional.empty();
    }
    return Optional.of(
        skewedPartition(span, credit)
            .or(() -> SinkRules.waitedFor(span))
            .orElseGet(() -> narrow(span, credit)));
  }

  /**
   * The window is so small that records wait for a commit of few: what a commit takes hardly
   * depends on how many they are.
   */
  static Optional<Diagnosis> tinyCommits(Span span) {
    return span.busiestSink().map(SinkSpan::recordsPerCommit).orElse(0.0) < SMALL_ROWS
        ? window(span)
        : Optional.empty();
  }

  /** The window is so small that no batch can be larger, whatever crossing a border costs. */
  static Optional<Diagnosis> tinyWindow(Span span) {
    return span.end().settings().window() < SMALL_ROWS ? window(span) : Optional.empty();
  }

  /** One partition of all has most of the records, and the others do not wait. */
  private static Optional<Diagnosis> skewedPartition(Span span, double credit) {
    List<SourceSnapshot> sources = span.end().sources();
    long records = sources.stream().mapToLong(SourceSnapshot::records).sum();
    SourceSnapshot source =
        sources.stream().max(Comparator.comparingDouble(RoomRules::busiest)).orElseThrow();
    double share = busiest(source) / Math.max(1, records);
    int partitions = sources.stream().mapToInt(each -> each.times().partitions()).sum();
    boolean one =
        partitions > 1
            && share >= BUSIEST_SHARE
            && span.held().shortOfCredit() - credit < PRESSED_SHARE * (partitions - 1);
    if (!one) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(Kind.SKEW, source.name(), credit)
            .evidence("windowShare", credit)
            .evidence("busiestShare", share)
            .evidence("partitions", partitions)
            .advise(widerWindow(span), widerGain(span))
            .says(
                "One of the "
                    + Format.count(partitions)
                    + " partitions, of '"
                    + source.name()
                    + "', gave "
                    + Format.percent(share)
                    + " of the records, and waited for its window "
                    + Format.percent(credit)
                    + " of the time: it limited the run; spread its records over more"
                    + " partitions, or raise the window."));
  }

  /** Records of its busiest partition. */
  private static double busiest(SourceSnapshot source) {
    return source.records() * source.times().busiestShare();
  }

  static String widerWindow(Span span) {
    return "window: " + wider(span, span.end().settings().window());
  }

  /**
   * A window comes after the other: what of one is the busiest part's work becomes longer with it,
   * and the rest, waiting and committing, does not (Amdahl's law).
   */
  static Gain widerGain(Span span) {
    int window = span.end().settings().window();
    double wider = (double) wider(span, window) / window;
    double most = span.roomWithFewerCommits();
    return Gain.of(wider / (1 + (wider - 1) / most), most);
  }

  private static Diagnosis narrow(Span span, double credit) {
    int window = span.end().settings().window();
    return new Finding(Kind.WINDOW, Diagnosis.FOREBAY, credit)
        .evidence("windowShare", credit)
        .evidence("window", window)
        .parts(span)
        .advise(widerWindow(span), widerGain(span))
        .says(
            "The sources waited "
                + Format.percent(credit)
                + " of the time because "
                + Format.count(window)
                + " records of a partition were under way, its window, although nothing was"
                + " busy throughout"
                + Finding.busiestStage(span)
                + ": raise the window.");
  }

  /** Enough for two batches at each worker. */
  private static long wider(Span span, int window) {
    long rows = 0;
    for (StageSpan stage : span.stages()) {
      rows = Math.max(rows, 2L * stage.stage().workers() * stage.stage().batchRowsP50());
    }
    return Math.max(8L * Math.max(1, window), rows);
  }

  /** Few batches take most of the time, and the others wait behind them. */
  private static Optional<Diagnosis> unevenBatches(Span span) {
    return cpuStages(span)
        .filter(stage ->
            stage.stage().batches() >= BATCHES
                && stage.stage().slowestTenthShare() >= UNEVEN_SHARE
                && stage.ends().failures() == 0 // Or workers are missing, not idle.
                && stage.active() >= HELD_UP_SHARE
                && stage.working() < IDLE_WORKERS_SHARE)
        .map(stage -> {
          Finding finding =
              new Finding(Kind.SKEW, stage.name(), stage.active())
                  .evidence("slowestTenthShare", stage.stage().slowestTenthShare())
                  .evidence("workersBusyShare", stage.working());
          return finding
              .advise(
                  "forebay:\n  slots: " + 4 * span.end().slots(),
                  Gain.of(1 / Math.max(0.1, stage.working()), span.room(stage.name())))
              .says(
                  "The slowest tenth of the batches of '"
                      + stage.name()
                      + "' had "
                      + Format.percent(stage.stage().slowestTenthShare())
                      + " of its time, and the others waited behind them, so that "
                      + Format.percent(1 - stage.working())
                      + " of "
                      + Finding.workers(stage.stage())
                      + " were idle: more slots, or records that cost less apart from the others.");
        });
  }

  /** There are so few batches that some workers have none. */
  private static Optional<Diagnosis> largeBatches(Span span) {
    return cpuStages(span)
        .filter(stage ->
            stage.active() >= HELD_UP_SHARE
                && stage.evenness() < IDLE_WORKERS_SHARE
                && span.held().over() >= HELD_UP_SHARE)
        .map(stage -> {
          StageSnapshot now = stage.stage();
          long rows = Math.max(1, now.recordsIn() / Math.max(1, 8L * now.workers()));
          return new Finding(Kind.LARGE_BATCHES, stage.name(), stage.active())
              .evidence("batchRowsP50", (double) now.batchRowsP50())
              .evidence("batches", (double) stage.batches())
              .evidence("workers", now.workers())
              .evidence("workersBusyShare", stage.evenness())
              .adviseStage(
                  now.settings().batchRows() > 0 ? "batch: auto" : "batch: " + rows,
                  Gain.of(1 / Math.max(0.05, stage.evenness()), span.room(stage.name())))
              .says(
                  "The stage '"
                      + stage.name()
                      + "' had something to do "
                      + Format.percent(stage.active())
                      + " of the time, but only for "
                      + Format.percent(stage.evenness())
                      + " of "
                      + Finding.workers(now)
                      + ": with "
                      + Format.count(now.batchRowsP50())
                      + " rows a batch there were too few batches for all of them; make the"
                      + " batches smaller, batch: auto finds a size.");
        });
  }

  private static Optional<StageSpan> cpuStages(Span span) {
    return span.stages().stream()
        .filter(stage -> stage.stage().kind() == StageKind.CPU && stage.stage().workers() > 1)
        .max(Comparator.comparingDouble(StageSpan::active));
  }

  /** Nothing else can be it. */
  static Diagnosis nothingBusy(Span span, double held) {
    int slots = span.end().slots();
    return new Finding(Kind.SLOTS, Diagnosis.FOREBAY, held)
        .evidence("waitedForRoomShare", Math.max(span.held().room(), span.held().blocked()))
        .evidence("slots", slots)
        .parts(span)
        .advise(
            "forebay:\n  slots: " + 4 * slots,
            Gain.of(
                span.busiestStage().map(stage -> 1 / Math.max(0.1, stage.busy())).orElse(2.0),
                span.room(Diagnosis.FOREBAY)))
        .says(
            "The sources waited for room "
                + Format.percent(held)
                + " of the time although nothing was busy throughout"
                + Finding.busiestStage(span)
                + ": allow more batches on their way with more slots or a smaller batch.");
  }
}
