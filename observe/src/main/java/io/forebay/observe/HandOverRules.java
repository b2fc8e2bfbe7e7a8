package io.forebay.observe;

import static io.forebay.observe.Thresholds.COSTLY_BORDER_SHARE;
import static io.forebay.observe.Thresholds.INLINE_NANOS;
import static io.forebay.observe.Thresholds.SMALL_ROWS;

import io.forebay.observe.Diagnosis.Gain;
import io.forebay.observe.Diagnosis.Kind;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageSnapshot;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What handing over costs: {@code border}, {@code small-batches}, {@code dispatcher}. */
final class HandOverRules {
  /** Crossing the border to a worker that has a core costs little against longer calls. */
  private static final double LONG_CALL_NANOS = 500_000;

  private HandOverRules() {}

  /** Handing over has kept the dispatcher busy: or stages that run on its thread have. */
  static Diagnosis dispatcher(Span span) {
    double half = span.dispatcher() / 2;
    List<StageSpan> inline = span.stages().stream().filter(StageSpan::isInline).toList();
    Optional<StageSpan> most = inline.stream().max(Comparator.comparingDouble(StageSpan::busy));
    if (most.isPresent() && inline.stream().mapToDouble(StageSpan::busy).sum() >= half) {
      return most.get().busy() >= half
          ? BusyStageRules.busy(most.get(), span)
          : inlineStages(most.get(), inline.size(), span);
    }
    Optional<StageSpan> small =
        span.stages().stream()
            .filter(stage -> stage.batches() > 0 && stage.stage().batchRowsP50() < SMALL_ROWS)
            .max(Comparator.comparingLong(StageSpan::batches));
    String busy =
        "Handing batches over kept the dispatcher busy "
            + Format.percent(span.dispatcher())
            + " of the time: it limited the run; make the batches larger";
    if (small.isPresent()) {
      StageSpan stage = small.get();
      return new Finding(Kind.SMALL_BATCHES, stage.name(), span.dispatcher())
          .evidence("dispatcherShare", span.dispatcher())
          .evidence("batchRowsP50", (double) stage.stage().batchRowsP50())
          .adviseStage(larger(stage), Gain.of(2, span.room(Diagnosis.FOREBAY)))
          .says(busy + " than " + rows(stage.stage()) + " in '" + stage.name() + "'.");
    }
    return new Finding(Kind.DISPATCHER, Diagnosis.FOREBAY, span.dispatcher())
        .evidence("dispatcherShare", span.dispatcher())
        .says(busy + ".");
  }

  private static Diagnosis inlineStages(StageSpan most, int stages, Span span) {
    int workers = Math.max(1, span.host().cores() - 1);
    double left = Math.max(span.dispatcher() - most.busy(), most.busy() / workers);
    return new Finding(Kind.DISPATCHER, Diagnosis.FOREBAY, span.dispatcher())
        .evidence("dispatcherShare", span.dispatcher())
        .evidence("busiestInlineShare", most.busy())
        .advise(
            Finding.ofStage(most.name(), "on: threads\n    workers: " + workers),
            Gain.of(1 / Math.max(0.01, left), span.room(Diagnosis.FOREBAY)))
        .says(
            "The dispatcher's thread was busy "
                + Format.percent(span.dispatcher())
                + " of the time with "
                + Format.count(stages)
                + " stages that run inline, above all '"
                + most.name()
                + "': it limited the run; give that one threads or processes of its own.");
  }

  /** A border that costs about as much as the function behind it, though nothing is busy. */
  static Optional<Diagnosis> costlyBorder(Span span) {
    return costly(span).map(stage -> border(stage, span));
  }

  static Optional<StageSpan> costly(Span span) {
    return span.stages().stream()
        .filter(StageSpan::crossesBorder)
        .filter(stage -> stage.transport() >= COSTLY_BORDER_SHARE)
        .findFirst();
  }

  static Diagnosis border(StageSpan stage, Span span) {
    double nanos = stage.nanosPerRecord();
    if (stage.wall() >= LONG_CALL_NANOS * stage.batches()
        && BusyStageRules.isStarved(stage, span)) {
      return BusyStageRules.starved(stage, span); // Nor had they a core between calls.
    }
    String which = stage.stage().on().orElseThrow() == Placement.PROCESSES ? "process" : "thread";
    String costs =
        stage.name()
            + ": "
            + Format.time(nanos)
            + " a record; crossing the "
            + which
            + " border cost "
            + Format.percent(stage.transport())
            + " of its time: ";
    double without = 1 / (1 - Math.min(0.95, stage.transport()));
    if (nanos < INLINE_NANOS) {
      double now = stage.records() / span.seconds();
      return evidence(Kind.BORDER, stage)
          .adviseStage(
              "on: inline",
              Gain.of(1e9 / Math.max(1, nanos) / Math.max(1, now), span.room(Diagnosis.FOREBAY)))
          .says(costs + "run it inline.");
    }
    if (span.isOfShortRun()) {
      return evidence(Kind.NONE, stage)
          .says(costs + "most of so short a run is starting, a longer one tells what limits it.");
    }
    return evidence(Kind.SMALL_BATCHES, stage)
        .adviseStage(larger(stage), Gain.of(without, span.room(stage.name())))
        .says(costs + "make its batches larger.");
  }

  private static Finding evidence(Kind kind, StageSpan stage) {
    return new Finding(kind, stage.name(), stage.transport())
        .evidence("transportShare", stage.transport())
        .evidence("nanosPerRecord", stage.nanosPerRecord())
        .evidence("batchRowsP50", (double) stage.stage().batchRowsP50());
  }

  private static String larger(StageSpan stage) {
    return stage.stage().settings().batchRows() > 0
        ? "batch: auto"
        : "batch: " + Math.max(1_000, 8 * stage.stage().batchRowsP50());
  }

  private static String rows(StageSnapshot stage) {
    return Format.count(stage.batchRowsP50()) + (stage.batchRowsP50() == 1 ? " row" : " rows");
  }
}
