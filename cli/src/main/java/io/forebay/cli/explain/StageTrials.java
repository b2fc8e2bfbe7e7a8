package io.forebay.cli.explain;

import io.forebay.cli.explain.StageReport.BatchPoint;
import io.forebay.cli.explain.StageReport.Nature;
import io.forebay.cli.explain.StageReport.Place;
import io.forebay.cli.trial.Measured;
import io.forebay.cli.trial.Sample;
import io.forebay.cli.trial.StageCost;
import io.forebay.cli.trial.StageOutcome;
import io.forebay.cli.trial.TimeBudget;
import io.forebay.cli.trial.Trial;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.Stage;
import io.forebay.observe.Format;
import io.forebay.observe.Thresholds;
import io.forebay.snapshot.Placement;
import io.forebay.workers.api.WorkerPriority;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures one stage alone, on a sample of what it is given: first isolated in a process, where it
 * can do no harm; then, if it got through there, elsewhere.
 */
final class StageTrials {
  /** The sizes of batches that are tried, as far as they are of use. */
  private static final int[] SIZES = {1, 20, 300, 4_000, 50_000};

  /** Of a call that takes longer, none is measured with a larger batch. */
  private static final double LONGEST_CALL_NANOS = 200e6;

  /** So many times as many waiting records are tried. */
  private static final int MORE_WAITING = 4;

  private final Trial trial;
  private final TimeBudget budget;
  private final int cores;
  private final Consumer<String> progress;

  /**
   * @param progress is told what is tried
   */
  StageTrials(Trial trial, TimeBudget budget, int cores, Consumer<String> progress) {
    this.trial = trial;
    this.budget = budget;
    this.cores = cores;
    this.progress = progress;
  }

  /**
   * What was found out, and what the stage has made of the sample.
   *
   * @param output empty if nothing has come out of it
   */
  record Found(StageReport report, Optional<Sample> output) {}

  Found of(Stage stage, Sample input) throws InterruptedException {
    return switch (stage) {
      case Stage.Cpu cpu -> ofCpu(cpu, input);
      case Stage.Async async ->
          ofWaiting(
              async,
              async.concurrency(),
              async.concurrency(MORE_WAITING * async.concurrency()),
              input);
      case Stage.Blocking blocking ->
          ofWaiting(
              blocking,
              blocking.threads(),
              blocking.threads(MORE_WAITING * blocking.threads()),
              input);
    };
  }

  private Measured measure(Stage stage, Sample input, String how) throws InterruptedException {
    progress.accept(stage.name() + ": " + how);
    Measured measured = trial.run(List.of(input), List.of(stage), budget.ofStage());
    budget.started(measured);
    return measured;
  }

  // ------------------------------------------------------------------ stages that compute

  private Found ofCpu(Stage.Cpu stage, Sample input) throws InterruptedException {
    Stage.Cpu alone =
        stage
            .on(Placement.PROCESSES)
            .workers(1)
            .batch(BatchSize.auto())
            .priority(WorkerPriority.NORMAL); // As threads have, so that they compare.
    Measured isolated = measure(alone, input, "one worker process");
    StageCost cost = isolated.stage(0);
    Optional<String> failure =
        StageOutcome.failure(stage.name(), isolated, budget.ofStage().patience());
    if (failure.isPresent()) {
      return new Found(
          StageReport.failed(stage, failure.get(), Nature.COMPUTES, cost), Optional.empty());
    }
    List<String> notices = StageOutcome.notices(stage.name(), isolated);
    List<Place> places = new ArrayList<>();
    double allocated = elsewhere(stage, input, places, notices);
    double processes = isolated.recordsPerSecond();
    List<Scaling.Point> points = new ArrayList<>(List.of(new Scaling.Point(1, processes)));
    places.add(new Place(Optional.of(Placement.PROCESSES), 1, processes, cost));
    for (int workers = 2; workers <= cores && budget.allows(1); workers *= 2) {
      int count = workers * 2 > cores ? cores : workers;
      Measured more = measure(alone.workers(count), input, count + " worker processes");
      points.add(new Scaling.Point(count, more.recordsPerSecond()));
      places.set(
          places.size() - 1,
          new Place(
              Optional.of(Placement.PROCESSES), count, more.recordsPerSecond(), more.stage(0)));
    }
    List<BatchPoint> batches = batches(alone, input, isolated, notices);
    StageReport report =
        new StageReport(
            stage,
            Optional.empty(),
            List.copyOf(notices),
            nature(cost, Nature.BLOCKS),
            cost,
            allocated,
            List.copyOf(places),
            batches,
            Optional.of(new Scaling(List.copyOf(points))),
            batches.isEmpty() ? 0 : batches.getLast().rows());
    return new Found(report, isolated.sink().kept(stage.name()));
  }

  /** In this process, where a Java function can run too; how many bytes it allocates a record. */
  private double elsewhere(Stage.Cpu stage, Sample input, List<Place> places, List<String> notices)
      throws InterruptedException {
    if (stage.function().isPython()) {
      return -1;
    }
    if (!budget.allows(6)) {
      notices.add("There was no time to try it inline and on threads; --seconds gives more.");
      return -1;
    }
    Stage.Cpu auto = stage.batch(BatchSize.auto());
    Measured inline = measure(auto.on(Placement.INLINE), input, "inline");
    places.add(
        new Place(Optional.of(Placement.INLINE), 1, inline.recordsPerSecond(), inline.stage(0)));
    Measured threads =
        measure(auto.on(Placement.THREADS).workers(cores), input, cores + " threads");
    places.add(
        new Place(
            Optional.of(Placement.THREADS), cores, threads.recordsPerSecond(), threads.stage(0)));
    return allocated(inline, input);
  }

  /** What the function allocates: what a pipeline allocates with it, less what one does without. */
  private double allocated(Measured inline, Sample input) throws InterruptedException {
    if (inline.allocatedBytes() < 0 || inline.records() == 0) {
      return -1;
    }
    Measured without = trial.run(List.of(input), List.of(), budget.ofStage());
    double each = (double) without.allocatedBytes() / Math.max(1, without.records());
    return Math.max(0, (double) inline.allocatedBytes() / inline.records() - each);
  }

  private List<BatchPoint> batches(
      Stage.Cpu alone, Sample input, Measured auto, List<String> notices)
      throws InterruptedException {
    List<BatchPoint> points = new ArrayList<>();
    StageCost found = auto.stage(0);
    double most = 0;
    for (int size : SIZES) {
      boolean slow = size > 1 && found.nanosPerRecord() * size > LONGEST_CALL_NANOS;
      boolean full = size > 1 && most > 0 && most < 0.7 * size;
      if (slow || full) {
        break;
      }
      if (!budget.allows(3)) {
        notices.add("There was no time to try larger batches; --seconds gives more.");
        break;
      }
      Measured measured =
          measure(alone.batch(BatchSize.of(size)), input, "batches of " + Format.count(size));
      StageCost cost = measured.stage(0);
      if (cost.batches() == 0) {
        break;
      }
      most = cost.rowsPerBatch() < 0.7 * size ? cost.rowsPerBatch() : 0;
      points.add(
          new BatchPoint(
              cost.rowsPerBatch(),
              cost.nanosPerBatch(),
              cost.borderNanosPerBatch(),
              measured.recordsPerSecond()));
    }
    return List.copyOf(points);
  }

  // ------------------------------------------------------------------ stages that wait

  private Found ofWaiting(Stage stage, int waiting, Stage more, Sample input)
      throws InterruptedException {
    boolean async = stage instanceof Stage.Async;
    String what = async ? " requests" : " threads";
    Measured first = measure(stage, input, Format.count(waiting) + what);
    StageCost cost = first.stage(0);
    Nature waits = async ? Nature.WAITS : ofThreads(first, cost);
    Optional<String> failure =
        StageOutcome.failure(stage.name(), first, budget.ofStage().patience());
    if (failure.isPresent()) {
      return new Found(StageReport.failed(stage, failure.get(), waits, cost), Optional.empty());
    }
    List<Place> places = new ArrayList<>();
    places.add(new Place(Optional.empty(), waiting, first.recordsPerSecond(), cost));
    if (budget.allows(3)) {
      int count = MORE_WAITING * waiting;
      Measured second = measure(more, input, Format.count(count) + what);
      places.add(new Place(Optional.empty(), count, second.recordsPerSecond(), second.stage(0)));
    }
    StageReport report =
        new StageReport(
            stage,
            Optional.empty(),
            StageOutcome.notices(stage.name(), first),
            waits,
            cost,
            -1,
            List.copyOf(places),
            List.of(),
            Optional.empty(),
            0);
    return new Found(report, first.sink().kept(stage.name()));
  }

  // ------------------------------------------------------------------ what it says

  /** Of rows on threads nobody knows the CPU time: all of the process is more than theirs. */
  private static Nature ofThreads(Measured measured, StageCost cost) {
    if (cost.cpuShare() >= 0) {
      return nature(cost, Nature.BLOCKS);
    }
    double most = measured.cpuNanosPerRecord();
    return most > Thresholds.COMPUTING_SHARE * cost.nanosPerRecord()
        ? Nature.COMPUTES
        : Nature.BLOCKS;
  }

  private static Nature nature(StageCost cost, Nature waiting) {
    boolean known = cost.cpuShare() >= 0;
    double used = cost.cpuShare() + Math.max(0, cost.runDelayShare());
    return known && used < Thresholds.COMPUTING_SHARE ? waiting : Nature.COMPUTES;
  }
}
