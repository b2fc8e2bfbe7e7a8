package io.forebay.observe;

import static io.forebay.observe.Format.percent;
import static io.forebay.observe.Thresholds.COMPUTING_SHARE;
import static io.forebay.observe.Thresholds.COSTLY_BORDER_SHARE;
import static io.forebay.observe.Thresholds.FREE_CORES;
import static io.forebay.observe.Thresholds.GC_SHARE;
import static io.forebay.observe.Thresholds.INLINE_NANOS;
import static io.forebay.observe.Thresholds.LOCK_SHARE;
import static io.forebay.observe.Thresholds.OTHERS_SHARE;
import static io.forebay.observe.Thresholds.STARVED_SHARE;

import io.forebay.observe.Diagnosis.Gain;
import io.forebay.observe.Diagnosis.Kind;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageSnapshot;

/**
 * Why a stage is busy: {@code compute}, {@code workers}, {@code waits}, {@code starved}, {@code
 * lock}, {@code gc}, {@code concurrency}. The time of a call has three parts: it ran, it could have
 * run but had no core, and it waited.
 */
final class BusyStageRules {
  /** More threads that wait are cheap, but not for ever. */
  private static final int MOST_WAITING = 256;

  private BusyStageRules() {}

  static Diagnosis busy(StageSpan stage, Span span) {
    return switch (stage.stage().kind()) {
      case ASYNC ->
          concurrency(
              stage,
              span,
              "concurrency",
              "had all its " + Format.count(stage.stage().workers()) + " requests under way ",
              "raise its concurrency.");
      case BLOCKING ->
          concurrency(
              stage,
              span,
              "threads",
              "had all its " + Finding.threads(stage.stage()) + " waiting ",
              "give it more threads.");
      case CPU -> cpu(stage, span);
    };
  }

  private static Diagnosis concurrency(
      StageSpan stage, Span span, String key, String had, String change) {
    int more =
        Math.min(4 * stage.stage().workers(), Math.max(MOST_WAITING, stage.stage().workers()));
    return finding(Kind.CONCURRENCY, stage)
        .adviseStage(
            key + ": " + more,
            Gain.of((double) more / stage.stage().workers(), span.room(stage.name())))
        .says(
            "The stage '"
                + stage.name()
                + "' "
                + had
                + percent(stage.busy())
                + " of the time ("
                + each(stage)
                + "): it limited the run; "
                + change);
  }

  private static Diagnosis cpu(StageSpan stage, Span span) {
    if (stage.collecting() >= GC_SHARE) {
      return gc(stage, span);
    }
    if (stage.locked() >= LOCK_SHARE && stage.waited() >= LOCK_SHARE) {
      return lock(stage, span);
    }
    boolean othersKnown = span.host().others() >= 0;
    if (stage.starved() >= STARVED_SHARE
        && stage.starved() >= stage.waited()
        && (!othersKnown || span.others() >= OTHERS_SHARE)) {
      return starved(stage, span);
    }
    double kept = Math.max(0, stage.starved());
    if (stage.cpu() + kept < COMPUTING_SHARE) {
      return waits(stage, span);
    }
    if (stage.crossesBorder()
        && stage.transport() >= COSTLY_BORDER_SHARE
        && stage.nanosPerRecord() < INLINE_NANOS) {
      return HandOverRules.border(stage, span);
    }
    return computes(stage, span);
  }

  private static Diagnosis gc(StageSpan stage, Span span) {
    long memory = stage.stage().settings().memoryBytes();
    Finding finding = finding(Kind.GC, stage).evidence("gcShare", stage.collecting());
    Gain gain = Gain.of(1 / (1 - stage.collecting()), span.room(stage.name()));
    return (memory > 0
            ? finding.adviseStage("memory: " + Finding.mebibytes(2 * memory), gain)
            : finding)
        .says(
            "The workers of the stage '"
                + stage.name()
                + "' collected garbage "
                + percent(stage.collecting())
                + " of the time: that limited the run; "
                + (memory > 0
                    ? "give them more memory than " + Finding.mebibytes(memory) + ", or "
                    : "")
                + "let the function make fewer objects.");
  }

  private static Diagnosis lock(StageSpan stage, Span span) {
    boolean threads = stage.stage().on().filter(on -> on == Placement.THREADS).isPresent();
    Finding finding = finding(Kind.LOCK, stage).evidence("lockShare", stage.locked());
    Gain gain = Gain.of(1 / (1 - stage.locked()), span.room(stage.name()));
    return (threads ? finding.adviseStage("on: processes", gain) : finding)
        .says(
            "The stage '"
                + stage.name()
                + "' was in its function "
                + percent(stage.busy())
                + " of the time, but waited for a lock that another thread had for "
                + percent(stage.locked())
                + " of that: it limited the run; "
                + (threads
                    ? "in processes no worker waits for another's lock: on: processes."
                    : "let the function start no threads of its own that hold it: more workers"
                        + " compute at the same time."));
  }

  private static Diagnosis starved(StageSpan stage, Span span) {
    boolean quota = span.host().throttled() > span.host().others();
    String who =
        quota
            ? "the CPU quota of its control group withheld them"
            : span.host().others() < 0
                ? "other programs had them"
                : "other programs had "
                    + percent(span.others())
                    + " of the "
                    + span.host().cores()
                    + " cores";
    return finding(Kind.STARVED, stage)
        .evidence("othersShareOfCores", span.others())
        .advise("", Gain.of(1 / (1 - stage.starved()), span.room(stage.name())))
        .says(
            "The stage '"
                + stage.name()
                + "' was in its function "
                + percent(stage.busy())
                + " of the time, but had no core for "
                + percent(stage.starved())
                + " of that: it was starved, "
                + who
                + "; "
                + (quota ? "raise the quota" : "give it cores of its own")
                + ", or fewer workers lose nothing.");
  }

  private static Diagnosis waits(StageSpan stage, Span span) {
    StageSnapshot before = stage.stage();
    boolean known = stage.starved() >= 0;
    int more =
        (int) Math.min(MOST_WAITING, Math.ceil(before.workers() / Math.max(0.02, stage.cpu())));
    boolean inline = stage.isInline();
    return finding(Kind.WAITS, stage)
        .adviseStage(
            inline ? "on: threads\n    workers: " + more : "workers: " + more,
            Gain.of((double) more / before.workers(), span.room(stage.name())))
        .says(
            "The stage '"
                + stage.name()
                + "' was in its function "
                + percent(stage.busy())
                + " of the time, but used the CPU for only "
                + percent(stage.cpu())
                + " of that: "
                + (known
                    ? "it waits, so make it async or blocking."
                    : "it waits, or other programs had the cores, which this system does not tell"
                        + " apart; if it waits, make it async or blocking."));
  }

  private static Diagnosis computes(StageSpan stage, Span span) {
    StageSnapshot before = stage.stage();
    String limited =
        "The stage '"
            + stage.name()
            + "' computed "
            + percent(stage.busy())
            + " of the time on "
            + Finding.workers(before)
            + " ("
            + each(stage)
            + "): it limited the run; ";
    int free = (int) Math.floor(span.freeCores() + 1 - FREE_CORES);
    if (stage.isInline()) {
      int cores = Math.max(2, 1 + Math.max(0, free));
      return finding(free >= 1 ? Kind.WORKERS : Kind.COMPUTE, stage)
          .evidence("freeCores", span.freeCores())
          .adviseStage(
              "on: threads\n    workers: " + cores, Gain.of(cores, span.room(stage.name())))
          .says(limited + "on: threads or processes would spread it over more cores.");
    }
    if (span.freeCores() < 0) {
      return finding(Kind.COMPUTE, stage).says(limited + "more workers help while cores are free.");
    }
    if (free < 1) {
      return finding(Kind.COMPUTE, stage)
          .evidence("freeCores", span.freeCores())
          .says(limited + "no core is free, so make the function cheaper or use more cores.");
    }
    int workers = before.workers() + free;
    return finding(Kind.WORKERS, stage)
        .evidence("freeCores", span.freeCores())
        .adviseStage(
            "workers: " + workers,
            Gain.of((double) workers / before.workers(), span.room(stage.name())))
        .says(
            limited
                + Format.count(free)
                + " of "
                + span.host().cores()
                + " cores were free, so give it "
                + Format.count(workers)
                + " workers.");
  }

  private static Finding finding(Kind kind, StageSpan stage) {
    return new Finding(kind, stage.name(), stage.busy())
        .evidence("busyShare", stage.busy())
        .evidence("cpuShare", stage.cpu())
        .evidence("runDelayShare", stage.starved())
        .evidence("nanosPerRecord", stage.nanosPerRecord());
  }

  private static String each(StageSpan stage) {
    return Format.time(stage.nanosPerRecord()) + " a record";
  }
}
