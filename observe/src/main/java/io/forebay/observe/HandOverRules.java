package io.forebay.observe;

import static io.forebay.observe.Thresholds.COSTLY_BORDER_SHARE;
import static io.forebay.observe.Thresholds.INLINE_NANOS;
import static io.forebay.observe.Thresholds.SHORT_SECONDS;
import static io.forebay.observe.Thresholds.SMALL_ROWS;

import io.forebay.observe.Diagnosis.Gain;
import io.forebay.observe.Diagnosis.Kind;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageSnapshot;
import java.util.Comparator;
import java.util.Optional;

/** What handing over costs: {@code border}, {@code small-batches}, {@code dispatcher}. */
final class HandOverRules {
  private HandOverRules() {}

  /** Handing over has kept the dispatcher busy: or a stage that runs on its thread has. */
  static Diagnosis dispatcher(Span span) {
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
    if (span.seconds() < SHORT_SECONDS) {
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
