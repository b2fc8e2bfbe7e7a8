package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.LateRefusal;
import io.forebay.Refusal;
import io.forebay.Remedy;
import io.forebay.RetryableException;
import io.forebay.internal.concurrent.Doorbell;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One sink and what it has to do, in the order in which the sink runner gives it: batches to write,
 * and what a commit asks for. Bounded by the slots whose batches are given.
 *
 * <p>Driven by one thread, which alone uses the output: its own, or the sink runner's where there
 * is only one sink. The sink runner gives tasks and takes {@link Report}s; both queues hand over
 * what is behind them.
 *
 * <p>When the store of the sink is away ({@link RetryableException}), the task stays as it is,
 * {@link #step} does nothing until the next attempt is due, and then goes on at that task. The
 * other sinks go on until no slot is free.
 */
final class SinkLane implements Hand {
  /** What the sink is to do. */
  sealed interface Task {
    /** Write rows. */
    record Write(Handed handed) implements Task {}

    /** Hand everything to the store, before a commit. */
    record Flush() implements Task {}

    /** Commit. */
    record Commit(String pipeline, Frontier frontier, boolean completely) implements Task {}
  }

  /** What has become of a task. */
  sealed interface Report {
    /** It is done. */
    record Done(SinkLane lane, Task task, List<Refusal> refused, List<LateRefusal> late)
        implements Report {}

    /** The sink was given its rows again, so it is to be flushed before this commit. */
    record Reopened(SinkLane lane, Task.Commit task) implements Report {}

    /** The sink has failed for good. */
    record Failed(PipelineFailedException failure) implements Report {}
  }

  /** A batch, or the part of it that is in its slot, that every sink is to write. */
  static final class Handed {
    final InFlightBatch batch;

    /** Whether nothing of the batch follows. */
    final boolean last;

    /** The rows where they can be read until the commit; replaced while no sink has a task. */
    Batch rows;

    /** How many sinks have not written it; of the sink runner. */
    int left;

    Handed(InFlightBatch batch, Batch rows, boolean last, int left) {
      this.batch = batch;
      this.rows = rows;
      this.last = last;
      this.left = left;
    }
  }

  private static final long FOREVER = Long.MAX_VALUE / 2;

  private final OutputLane output;
  private final Redelivery redelivery;
  private final PartitionNames partitions;
  private final Queue<Report> reports;
  private final Doorbell runner;
  private final Doorbell doorbell = new Doorbell();
  private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();

  /** What was written since the last commit, for a store that may be away. */
  private final List<Handed> written = new ArrayList<>();

  private @Nullable Task task;
  private volatile boolean away;
  private volatile boolean ended;

  /**
   * @param reports where it says what has become of its tasks
   * @param runner who is to be woken then
   */
  SinkLane(
      OutputLane output,
      Redelivery redelivery,
      PartitionNames partitions,
      Queue<Report> reports,
      Doorbell runner) {
    this.output = output;
    this.redelivery = redelivery;
    this.partitions = partitions;
    this.reports = reports;
    this.runner = runner;
  }

  // ------------------------------------------------------------------ from the sink runner

  String name() {
    return output.name();
  }

  Doorbell doorbell() {
    return doorbell;
  }

  /** Gives it its next task. */
  void give(Task next) {
    tasks.add(next);
    doorbell.ring();
  }

  /** Whether its store is away. */
  boolean isAway() {
    return away;
  }

  /** Whether its sink has refused rows that were committed. */
  boolean needsCommit() {
    return output.needsCommit();
  }

  /** Ends it after the present task. */
  void end() {
    ended = true;
    doorbell.ring();
  }

  // ------------------------------------------------------------------ steps

  @Override
  public boolean step(long now) {
    if (away) {
      if (output.dueIn(now) > 0) {
        return false;
      }
      attempt("go on after its store was away", this::bringBack);
      return true;
    }
    if (task == null) {
      task = tasks.poll();
      if (task == null) {
        return false;
      }
    }
    begin(task);
    return true;
  }

  @Override
  public long nextStepIn(long now) {
    return away ? output.dueIn(now) : FOREVER;
  }

  @Override
  public boolean isDone() {
    return ended;
  }

  private void begin(Task present) {
    switch (present) {
      case Task.Write(Handed handed) ->
          attempt(
              "write",
              () -> {
                output.write(handed.rows, handed.batch, partitions);
                if (output.mayBeAway()) {
                  written.add(handed);
                }
                done(present, false);
              });
      case Task.Flush flush ->
          attempt(
              "write",
              () -> {
                output.flush();
                done(present, true);
              });
      case Task.Commit(String pipeline, Frontier frontier, boolean completely) ->
          attempt(
              "commit",
              () -> {
                output.commit(pipeline, frontier, completely);
                committed(present, completely ? output.refusedLate() : List.of());
              });
    }
  }

  private void bringBack() throws IOException {
    boolean happened = output.bringBack(written, partitions);
    away = false;
    switch (task) {
      case Task.Commit commit when happened -> committed(commit, List.of());
      case Task.Commit commit -> report(new Report.Reopened(this, commit));
      case null, default -> {} // The next step begins it again.
    }
  }

  private void committed(Task commit, List<LateRefusal> late) {
    written.clear();
    report(new Report.Done(this, commit, List.of(), late));
  }

  private void done(Task present, boolean flushed) throws IOException {
    report(new Report.Done(this, present, output.refused(flushed), output.refusedLate()));
  }

  private void report(Report report) {
    task = null;
    reports.add(report);
    runner.ring();
  }

  private interface Action {
    void run() throws IOException;
  }

  /** Does it; if the store is away, the task's turn comes again. */
  private void attempt(String what, Action action) {
    try {
      action.run();
    } catch (RetryableException e) {
      if (!output.mayBeAway() || redelivery.isIncomplete()) {
        fail(what, e);
        return;
      }
      output.isAway(e);
      away = true;
    } catch (IOException | RuntimeException e) {
      fail(what, e);
    }
  }

  private void fail(String what, Exception cause) {
    ended = true;
    report(new Report.Failed(failure(output, what, cause)));
  }

  /** What is said of an output that has failed. */
  static PipelineFailedException failure(OutputLane output, String what, Exception cause) {
    return new PipelineFailedException(
        "the output '"
            + output.name()
            + "' could not "
            + what
            + " ("
            + (cause.getMessage() == null ? cause.toString() : cause.getMessage())
            + "): what was committed stays; "
            + Remedy.of(cause)
            + " and run again",
        cause);
  }
}
