package io.forebay.engine.internal.delivery;

import io.forebay.DeadLetters;
import io.forebay.Frontier;
import io.forebay.engine.api.RejectionLimit;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.batches.PartitionNames;
import io.forebay.engine.internal.batches.Rejected;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.OutputMeter;
import io.forebay.engine.internal.measure.ReasonMeter;
import io.forebay.engine.internal.recovery.Epoch;
import io.forebay.engine.internal.recovery.ResumePoint;
import io.forebay.engine.internal.tap.TapPoint;
import io.forebay.snapshot.DeadLetterReason;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.StageTimes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Writes the dead letters of a run, without those that the output has already; a record that has no
 * place there ends the run. Used by the sink runner, except for {@link #snapshot} and {@link
 * #reasons}.
 */
public final class DeadLetterWriter {
  private final String name;
  private final Optional<DeadLetters> output;
  private final ResumePoint resume;
  private final PartitionNames partitions;
  private final Ticker ticker;
  private final OutputMeter meter = new OutputMeter();
  private final ReasonMeter reasons = new ReasonMeter();
  private final TapPoint given = new TapPoint();
  private final RejectionGuard guard;
  private boolean broken;

  public DeadLetterWriter(
      String name,
      Optional<DeadLetters> output,
      ResumePoint resume,
      PartitionNames partitions,
      RejectionLimit limit,
      Ticker ticker) {
    this.name = name;
    this.output = output;
    this.resume = resume;
    this.partitions = partitions;
    this.guard = new RejectionGuard(limit);
    this.ticker = ticker;
  }

  /** Whether they could not be written or committed: what is written elsewhere stays so, too. */
  boolean isBroken() {
    return broken;
  }

  /** What is written. */
  public TapPoint given() {
    return given;
  }

  /** Writes what the output does not have. */
  void write(List<Rejected> rejected) throws PipelineFailedException {
    if (rejected.isEmpty()) {
      return;
    }
    rejected.sort(Rejected.ORDER);
    DeadLetters to = output.orElseThrow(() -> nowhere(rejected.getFirst()));
    attempt(
        "write",
        () -> {
          int written = 0;
          long now = ticker.nanos();
          meter.begins(OutputMeter.Phase.WRITING, now);
          for (Rejected each : rejected) {
            if (each.isLate() || !resume.has(partitions.get(each.partition()), each.sequence())) {
              given.reject(each.rejection());
              to.write(each.rejection());
              reasons.written(each.rejection(), now);
              written++;
            }
          }
          meter.ends(ticker.nanos());
          meter.written(written, 0);
        });
  }

  /**
   * Whether there are not too many of them.
   *
   * @param counts what has become of the records of this run
   * @param atEnd whether no more will come
   * @throws PipelineFailedException if there are
   */
  void requireFew(RecordLedger.Counts counts, boolean atEnd) throws PipelineFailedException {
    guard.check(counts, atEnd, () -> reasons(ticker.nanos()));
  }

  private static PipelineFailedException nowhere(Rejected first) {
    return new PipelineFailedException(
        "record "
            + first.sequence()
            + " of "
            + Partition.key(first.rejection().source(), first.rejection().partition())
            + " was rejected and there is no dead letter to keep it ("
            + first.rejection().reason()
            + "): add a dead letter output and run again");
  }

  /** Up to which epoch of windows the output has what went to dead letter. */
  long epoch() {
    return Epoch.of(resume.has());
  }

  void commit(String pipeline, Frontier frontier, boolean completely)
      throws PipelineFailedException {
    if (output.isPresent()) {
      attempt(
          "commit",
          () -> {
            meter.begins(OutputMeter.Phase.COMMITTING, ticker.nanos());
            output.get().commit(resume.progress(pipeline, frontier, completely));
            meter.committed(meter.ends(ticker.nanos()));
          });
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  private void attempt(String what, Action action) throws PipelineFailedException {
    try {
      action.run();
    } catch (IOException | RuntimeException e) {
      broken = true;
      throw PipelineFailedException.ofOutput(name, what, e);
    }
  }

  /** Why records came here, the most frequent reason first. */
  public List<DeadLetterReason> reasons(long now) {
    return reasons.mostFrequent(now);
  }

  /** What is measured; empty if there is no output. */
  public Optional<SinkSnapshot> snapshot(long now, long elapsedNanos) {
    return output.map(any -> meter.snapshot(name, now, elapsedNanos, StageTimes.UNKNOWN));
  }
}
