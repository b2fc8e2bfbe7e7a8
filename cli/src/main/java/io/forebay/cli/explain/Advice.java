package io.forebay.cli.explain;

import static io.forebay.observe.Format.count;
import static io.forebay.observe.Format.percent;
import static io.forebay.observe.Format.time;

import io.forebay.cli.explain.StageReport.Nature;
import io.forebay.cli.explain.StageReport.Place;
import io.forebay.cli.report.Figures;
import io.forebay.cli.trial.StageCost;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.Stage;
import io.forebay.observe.Thresholds;
import io.forebay.snapshot.Placement;
import io.forebay.workers.api.PhysicalCores;
import java.util.Optional;

/**
 * The decision rule of the lecture, applied to a stage: does it wait, then async; does it block,
 * then threads that wait; does it compute, then a pool of workers, or inline where it takes less
 * time than handing over.
 *
 * @param tool which of them fits: {@code async}, {@code thread pool}, {@code process pool}, {@code
 *     threads}, {@code inline}; empty if that cannot be said
 * @param sentence why, with figures
 * @param change what to change for it; empty if nothing
 */
record Advice(String tool, String sentence, Optional<Change> change) {
  /**
   * Of a function that blocks, so many workers wait at most; processes are heavier than threads.
   */
  private static final int MOST_THREADS = 256;

  private static final int MOST_PROCESSES = 16;

  /** More of something that waits is advised if it brings so much. */
  private static final double WORTH = 1.15;

  /** A batch whose calls spend more than this on other things than records is small. */
  private static final double SMALL_BATCH_SHARE = 0.2;

  static Advice of(StageReport report, int cores) {
    if (report.failure().isPresent()) {
      return new Advice("", report.failure().get(), Optional.empty());
    }
    return switch (report.stage()) {
      case Stage.Async async -> ofAsync(report, async);
      case Stage.Blocking blocking -> ofBlocking(report, blocking);
      case Stage.Cpu cpu when report.nature() != Nature.COMPUTES -> ofBlockingCpu(report, cpu);
      case Stage.Cpu cpu -> ofComputing(report, cpu, cores);
    };
  }

  // ------------------------------------------------------------------ it waits

  private static Advice ofAsync(StageReport report, Stage.Async stage) {
    String each = perWaiting(report, "requests under way");
    Optional<Place> more = more(report);
    return more.map(place ->
            new Advice(
                "async",
                each
                    + " Async is its tool; with "
                    + count(place.workers())
                    + " at a time "
                    + gained(report, place),
                Optional.of(
                    Change.of(
                        "concurrency",
                        String.valueOf(place.workers()),
                        stage.concurrency(place.workers())))))
        .orElseGet(() ->
            new Advice(
                "async",
                each + " Async is its tool, and more requests at a time bring nothing.",
                Optional.empty()));
  }

  private static Advice ofBlocking(StageReport report, Stage.Blocking stage) {
    if (report.nature() == Nature.COMPUTES) {
      return new Advice(
          "process pool",
          report.name()
              + ": "
              + time(report.cost().nanosPerRecord())
              + " a record, and it "
              + (report.cost().cpuShare() < 0
                  ? "uses the CPU meanwhile"
                  : "uses the CPU for " + percent(report.cost().cpuShare()) + " of that")
              + ": it computes, so name it with cpu, and not with blocking.",
          Optional.empty());
    }
    String each = perWaiting(report, "threads that wait in it");
    return more(report)
        .map(place ->
            new Advice(
                "thread pool",
                each
                    + " A thread pool is its tool, async if the library can be asked without"
                    + " blocking; with "
                    + count(place.workers())
                    + " threads "
                    + gained(report, place),
                Optional.of(
                    Change.of(
                        "threads",
                        String.valueOf(place.workers()),
                        stage.threads(place.workers())))))
        .orElseGet(() ->
            new Advice(
                "thread pool",
                each + " A thread pool is its tool, and more threads bring nothing.",
                Optional.empty()));
  }

  private static String perWaiting(StageReport report, String what) {
    Place first = report.places().getFirst();
    return report.name()
        + ": "
        + time(report.cost().nanosPerRecord())
        + " a record, with "
        + count(first.workers())
        + " "
        + what
        + ": it "
        + report.nature().label()
        + ".";
  }

  private static Optional<Place> more(StageReport report) {
    double now = report.places().getFirst().recordsPerSecond();
    return report.places().stream()
        .skip(1)
        .filter(place -> place.recordsPerSecond() >= WORTH * now)
        .findFirst();
  }

  private static String gained(StageReport report, Place place) {
    double now = report.places().getFirst().recordsPerSecond();
    return "the same sample went through "
        + Figures.times(place.recordsPerSecond() / Math.max(1e-9, now))
        + " as fast.";
  }

  private static Advice ofBlockingCpu(StageReport report, Stage.Cpu stage) {
    StageCost cost = report.cost();
    double used = Math.max(0.02, cost.cpuShare());
    String waits =
        report.name()
            + ": "
            + time(cost.nanosPerRecord())
            + " a record, but it uses the CPU for only "
            + percent(cost.cpuShare())
            + " of that: it waits, and holds its worker meanwhile. ";
    int now = workers(stage);
    int wished = (int) Math.ceil(now / used);
    if (report.isPython()) {
      int workers = Math.min(wished, Math.max(now, MOST_PROCESSES));
      return new Advice(
          "process pool",
          waits
              + "Async would fit, which is for Java functions; what waits in Python gets more"
              + " workers.",
          workers == now
              ? Optional.empty()
              : Optional.of(Change.of("workers", String.valueOf(workers), stage.workers(workers))));
    }
    int threads = Math.min(MOST_THREADS, Math.max(16, wished));
    return new Advice(
        "thread pool",
        waits
            + "Async if it can be written so that it does not block; as it is, a thread pool:"
            + " blocking, with "
            + threads
            + " threads.",
        Optional.of(Change.blocking(stage, threads)));
  }

  // ------------------------------------------------------------------ it computes

  private static Advice ofComputing(StageReport report, Stage.Cpu stage, int cores) {
    double nanos = report.cost().nanosPerRecord();
    boolean cheap = nanos < Thresholds.INLINE_NANOS && !report.isPython();
    if (cheap) {
      return ofCheap(report, stage);
    }
    String computes =
        report.name()
            + ": "
            + time(nanos)
            + " a record, and it "
            + (report.cost().cpuShare() < 0
                ? "seems to compute (this system does not tell). "
                : "uses the CPU for "
                    + percent(report.cost().cpuShare())
                    + " of that: it computes. ");
    if (report.cost().lockShare() >= Thresholds.LOCK_SHARE) {
      return new Advice(
          "process pool",
          computes
              + "It waits for a lock for "
              + percent(report.cost().lockShare())
              + " of its time: in processes no worker waits for another's.",
          Optional.empty());
    }
    String border =
        "A process pool costs "
            + time(feeding(report))
            + " a record to feed, "
            + Figures.share(feeding(report) / nanos);
    Optional<Change> batch = batch(report, stage);
    if (stage.on() == Placement.INLINE) {
      return cores < 2
          ? new Advice(
              "inline", computes + border + ", and there is one core: inline.", Optional.empty())
          : new Advice(
              "process pool",
              computes
                  + border
                  + ", and there are "
                  + cores
                  + " cores: give it a pool of threads"
                  + " (which on the JVM compute at the same time), or of processes if it may crash"
                  + " or hang.",
              Optional.of(Change.threads(stage, cores)));
    }
    String tool = stage.on() == Placement.PROCESSES ? "process pool" : "threads";
    String fits =
        computes
            + border
            + ": "
            + (tool.equals("threads") ? "a pool of threads" : "a process pool")
            + " is its tool";
    if (batch.isPresent()) {
      return new Advice(
          tool,
          fits
              + ", but with larger batches: of a call of "
              + count(fixed(stage))
              + (fixed(stage) == 1 ? " record " : " records ")
              + percent(smallShare(report, fixed(stage)))
              + " is for the call itself.",
          batch);
    }
    if (workers(stage) < cores) {
      return new Advice(
          tool,
          fits + ", with a worker for each of the " + cores + " cores.",
          Optional.of(Change.of("workers", String.valueOf(cores), stage.workers(cores))));
    }
    return new Advice(tool, fits + ".", Optional.empty());
  }

  private static Advice ofCheap(StageReport report, Stage.Cpu stage) {
    double nanos = report.cost().nanosPerRecord();
    boolean inline = stage.on() == Placement.INLINE;
    String costs =
        report.name()
            + ": "
            + time(nanos)
            + " a record. A process pool "
            + (stage.on() == Placement.PROCESSES ? "costs " : "would cost ")
            + time(feeding(report))
            + " a record to feed. ";
    return new Advice(
        "inline",
        costs
            + (inline
                ? "Inline is its tool."
                : "Run it inline, unless it has to be isolated because it may crash or hang."),
        inline ? Optional.empty() : Optional.of(Change.inline(stage)));
  }

  /** What bringing a record to a worker process and back costs, in the batches it chooses. */
  private static double feeding(StageReport report) {
    return report.cost().borderNanosPerRecord();
  }

  private static Optional<Change> batch(StageReport report, Stage.Cpu stage) {
    int rows = fixed(stage);
    return rows > 0 && smallShare(report, rows) >= SMALL_BATCH_SHARE
        ? Optional.of(Change.of("batch", "auto", stage.batch(BatchSize.auto())))
        : Optional.empty();
  }

  /** Share of a call of so many records that is not for the records. */
  private static double smallShare(StageReport report, int rows) {
    if (report.batches().isEmpty()) {
      return 0;
    }
    CostLine line = report.line();
    CostLine border = report.border();
    double all = line.nanos(rows) + border.nanos(rows);
    return all <= 0 ? 0 : (line.fixedNanos() + border.fixedNanos()) / all;
  }

  private static int fixed(Stage.Cpu stage) {
    return stage.batch() instanceof BatchSize.Fixed(int rows) ? rows : 0;
  }

  private static int workers(Stage.Cpu stage) {
    if (stage.on() == Placement.INLINE) {
      return 1;
    }
    return stage.workers() == Stage.Cpu.PHYSICAL_CORES ? PhysicalCores.count() : stage.workers();
  }
}
