package io.forebay.observe;

import static io.forebay.observe.Format.percent;
import static io.forebay.observe.Thresholds.BATCHES;
import static io.forebay.observe.Thresholds.COMPUTING_SHARE;
import static io.forebay.observe.Thresholds.COSTLY_BORDER_SHARE;
import static io.forebay.observe.Thresholds.FREE_CORES;
import static io.forebay.observe.Thresholds.GC_SHARE;
import static io.forebay.observe.Thresholds.INLINE_NANOS;
import static io.forebay.observe.Thresholds.LOCK_SHARE;
import static io.forebay.observe.Thresholds.OTHERS_SHARE;
import static io.forebay.observe.Thresholds.STARVED_SHARE;
import static io.forebay.observe.Thresholds.UNEVEN_SHARE;
import static io.forebay.observe.Thresholds.WAITED_SHARE;
import static io.forebay.observe.Thresholds.WAITING_SHARE;

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
  /** By which factor more of what waits is advised: with what comes then, it is told anew. */
  private static final int MORE = 4;

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
    return finding(Kind.CONCURRENCY, stage, span)
        .adviseStage(
            key + ": " + MORE * stage.stage().workers(), Gain.of(MORE, span.room(stage.name())))
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
    if (isStarved(stage, span)) {
      return starved(stage, span);
    }
    if (waits(stage, span)) {
      return warmsUp(stage, span) ? warmingUp(stage) : waiting(stage, span);
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
    Finding finding = finding(Kind.GC, stage, span).evidence("gcShare", stage.collecting());
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
    Finding finding = finding(Kind.LOCK, stage, span).evidence("lockShare", stage.locked());
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

  /** Whether calls that compute have no core, and others have them. */
  static boolean isStarved(StageSpan stage, Span span) {
    if (stage.isUnmeasured()) {
      return span.others() >= OTHERS_SHARE && span.freeCores() < FREE_CORES;
    }
    boolean othersKnown = span.host().others() >= 0;
    return stage.starved() >= STARVED_SHARE
        && !waitsByNature(stage)
        && (!othersKnown || span.others() >= OTHERS_SHARE);
  }

  static Diagnosis starved(StageSpan stage, Span span) {
    double withoutCore = stage.isUnmeasured() ? 1 - stage.cpu() : stage.starved();
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
    return finding(Kind.STARVED, stage, span)
        .advise("", Gain.of(1 / (1 - Math.min(0.95, withoutCore)), span.room(stage.name())))
        .says(
            "The stage '"
                + stage.name()
                + "' was in its function "
                + percent(stage.busy())
                + " of the time, but had no core for "
                + percent(withoutCore)
                + " of that: it was starved, "
                + who
                + "; "
                + (quota ? "raise the quota" : "give it cores of its own")
                + ", or fewer workers lose nothing.");
  }

  /** It waits more than it computes; or about as much, while cores are not all its own. */
  private static boolean waits(StageSpan stage, Span span) {
    return waitsByNature(stage)
        || (stage.waited() >= WAITING_SHARE && span.ownCores() <= span.host().cores() - FREE_CORES);
  }

  /** Whether it would wait, too, with all the cores it wants. */
  private static boolean waitsByNature(StageSpan stage) {
    return stage.waited() >= WAITED_SHARE
        && stage.cpu() < COMPUTING_SHARE * (stage.cpu() + stage.waited());
  }

  /** A few calls of a short run had most of its time: the first ones load what the others use. */
  private static boolean warmsUp(StageSpan stage, Span span) {
    return span.isOfShortRun()
        && stage.batches() >= BATCHES
        && stage.stage().slowestTenthShare() >= UNEVEN_SHARE;
  }

  private static Diagnosis warmingUp(StageSpan stage) {
    return new Finding(Kind.NONE, stage.name(), stage.busy())
        .evidence("slowestTenthShare", stage.stage().slowestTenthShare())
        .says(
            "The stage '"
                + stage.name()
                + "' was in its function "
                + percent(stage.busy())
                + " of the time, "
                + percent(stage.stage().slowestTenthShare())
                + " of that in a tenth of its calls: most of so short a run is starting, a longer"
                + " one tells what limits it.");
  }

  private static Diagnosis waiting(StageSpan stage, Span span) {
    StageSnapshot before = stage.stage();
    boolean known = stage.starved() >= 0;
    int more = ((int) Math.min(MORE, Math.ceil(1 / stage.cpu()))) * before.workers();
    boolean inline = stage.isInline();
    return finding(Kind.WAITS, stage, span)
        .adviseStage(
            inline ? "on: threads\n    workers: " + more : "workers: " + more,
            more(stage, span, (double) more / before.workers()))
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
      return finding(free >= 1 ? Kind.WORKERS : Kind.COMPUTE, stage, span)
          .adviseStage("on: threads\n    workers: " + cores, more(stage, span, cores))
          .says(limited + "on: threads or processes would spread it over more cores.");
    }
    if (span.freeCores() < 0) {
      return finding(Kind.COMPUTE, stage, span)
          .says(limited + "more workers help while cores are free.");
    }
    if (free < 1) {
      return finding(Kind.COMPUTE, stage, span)
          .says(limited + "no core is free, so make the function cheaper or use more cores.");
    }
    int workers = before.workers() + free;
    return finding(Kind.WORKERS, stage, span)
        .adviseStage("workers: " + workers, more(stage, span, (double) workers / before.workers()))
        .says(
            limited
                + Format.count(free)
                + " of "
                + span.host().cores()
                + " cores were free, so give it "
                + Format.count(workers)
                + " workers.");
  }

  /** By so much more workers: no further than there are cores for what they compute. */
  private static Gain more(StageSpan stage, Span span, double factor) {
    double cores = stage.stage().workers() * stage.busy() * stage.cpu();
    double most = span.freeCores() < 0 ? factor : 1 + span.freeCores() / Math.max(0.01, cores);
    return Gain.of(Math.min(factor, most), span.room(stage.name()));
  }

  private static Finding finding(Kind kind, StageSpan stage, Span span) {
    return new Finding(kind, stage.name(), stage.busy())
        .evidence("busyShare", stage.busy())
        .evidence("cpuShare", stage.cpu())
        .evidence("runDelayShare", stage.starved())
        .evidence("nanosPerRecord", stage.nanosPerRecord())
        .evidence("ownCores", span.ownCores())
        .evidence("othersShareOfCores", span.others())
        .evidence("freeCores", span.freeCores());
  }

  private static String each(StageSpan stage) {
    return Format.time(stage.nanosPerRecord()) + " a record";
  }
}
