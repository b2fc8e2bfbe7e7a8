package io.forebay.cli.trial;

import io.forebay.observe.Causes;
import io.forebay.observe.Diagnosis;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.snapshot.StageTimes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a trial has measured.
 *
 * @param starting how long it took until the first record was through, the start of workers
 *     included
 * @param begin when everything was warm
 * @param end after the time that is measured
 * @param allocatedBytes by this process meanwhile
 * @param failure why the pipeline failed, if it did
 * @param rejection why the first record was rejected, if one was
 * @param sink what has come out
 */
public record Measured(
    Duration starting,
    PipelineSnapshot begin,
    PipelineSnapshot end,
    long allocatedBytes,
    Optional<String> failure,
    Optional<String> rejection,
    TrialSink sink) {

  /** How long was measured. */
  double seconds() {
    return Math.max(1e-9, (end.elapsed().toNanos() - begin.elapsed().toNanos()) / 1e9);
  }

  /** Records that were done with while it was measured. */
  public long records() {
    return done(end) - done(begin);
  }

  /**
   * Records that the last stage has done with. What the outputs have is known only when they
   * commit, which is seldom.
   */
  static long done(PipelineSnapshot at) {
    return at.stages().isEmpty()
        ? at.records().read() - at.records().inFlight()
        : at.stages().getLast().recordsIn();
  }

  /** Calls of the last stage. */
  static long calls(PipelineSnapshot at) {
    return at.stages().isEmpty() ? done(at) : at.stages().getLast().batches();
  }

  public double recordsPerSecond() {
    return records() > 0
        ? records() / seconds()
        : done(end) / Math.max(1e-9, end.elapsed().toNanos() / 1e9);
  }

  /** CPU time of this process and its workers for each record; negative if it is not known. */
  public double cpuNanosPerRecord() {
    double own = end.host().own() < 0 ? -1 : end.host().since(begin.host()).own();
    return records() == 0 ? -1 : own / records();
  }

  /** What the diagnosis of a run would say of it. */
  public List<Diagnosis> causes() {
    return Causes.of(begin, end);
  }

  /**
   * What its stage of that index has done: while it was measured, or since the start if no call has
   * ended meanwhile.
   */
  public StageCost stage(int index) {
    StageSnapshot before = begin.stages().get(index);
    StageSnapshot after = end.stages().get(index);
    boolean some = after.batches() > before.batches() && after.recordsIn() > before.recordsIn();
    StageTimes times = some ? after.times().since(before.times()) : after.times();
    return new StageCost(
        after.recordsIn() - (some ? before.recordsIn() : 0),
        after.batches() - (some ? before.batches() : 0),
        times,
        Math.round((some ? seconds() : end.elapsed().toNanos() / 1e9) * 1e9 * after.workers()));
  }
}
