package io.forebay.engine.internal.sinks;

import io.forebay.LateRefusal;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Sink;
import io.forebay.engine.internal.loops.Agent;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.recovery.ResumePoint;
import io.forebay.errors.RetryableException;
import io.forebay.internal.concurrent.Doorbell;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One sink and what it has to do, in the order in which the sink runner gives it: batches to write,
 * and what a commit asks for. Bounded by the slots whose batches are given.
 *
 * <p>Driven by one thread, which alone uses the sink: its own, or the sink runner's where there is
 * only one sink. The sink runner gives tasks and takes {@link Report}s; both queues hand over what
 * is behind them.
 *
 * <p>When the store of the sink is away ({@link RetryableException}), the task stays as it is,
 * {@link #step} does nothing until the next attempt is due, and then goes on at that task. The
 * other sinks go on until no slot is free.
 */
public final class SinkAgent implements Agent {
  /** What the sink is to do. */
  public sealed interface Task {
    /** Write rows. */
    record Write(SinkBatch rows) implements Task {}

    /** Hand everything to the store, before a commit. */
    record Flush() implements Task {}

    /** Commit; {@code completely} if the sources have come to their end. */
    record Commit(Progress progress, boolean completely) implements Task {}
  }

  /** What has become of a task. */
  public sealed interface Report {
    /** It is done. */
    record Done(SinkAgent sink, Task task, List<Refusal> refused, List<LateRefusal> late)
        implements Report {}

    /** The sink was given its rows again, so it is to be flushed before this commit. */
    record Reopened(SinkAgent sink, Task.Commit task) implements Report {}

    /** The sink has failed for good. */
    record Failed(PipelineFailedException failure) implements Report {}
  }

  private static final long FOREVER = Long.MAX_VALUE / 2;

  private final SinkChain chain;
  private final Sink sink;
  private final @Nullable ReopenedSink reopened;
  private final Redelivery redelivery;
  private final Queue<Report> reports;
  private final Doorbell runner;
  private final Doorbell doorbell = new Doorbell();
  private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
  private @Nullable Task task;
  private volatile boolean away;
  private volatile boolean ended;

  /**
   * @param reports where it says what has become of its tasks
   * @param runner who is to be woken then
   */
  public SinkAgent(SinkChain chain, Redelivery redelivery, Queue<Report> reports, Doorbell runner) {
    this.chain = chain;
    this.sink = chain.sink();
    this.reopened = chain.reopened().orElse(null);
    this.redelivery = redelivery;
    this.reports = reports;
    this.runner = runner;
  }

  // ------------------------------------------------------------------ from the sink runner

  public String name() {
    return chain.name();
  }

  /** What the sink has already. */
  public ResumePoint resume() {
    return chain.resume();
  }

  public Doorbell doorbell() {
    return doorbell;
  }

  /** Gives it its next task. */
  public void give(Task next) {
    tasks.add(next);
    doorbell.ring();
  }

  /** Whether its store is away. */
  public boolean isAway() {
    return away;
  }

  /** Whether its sink has refused rows that were committed. */
  public boolean needsCommit() {
    return sink.needsCommit();
  }

  /** Ends it after the present task. */
  void end() {
    ended = true;
    doorbell.ring();
  }

  // ------------------------------------------------------------------ steps

  @Override
  public boolean step(long now) {
    if (away && reopened != null) {
      if (reopened.dueIn(now) > 0) {
        return false;
      }
      ReopenedSink back = reopened;
      attempt("go on after its store was away", () -> goOn(back.reopen()));
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
    return away && reopened != null ? reopened.dueIn(now) : FOREVER;
  }

  @Override
  public boolean isDone() {
    return ended;
  }

  private void begin(Task present) {
    switch (present) {
      case Task.Write(SinkBatch rows) ->
          attempt(
              "write",
              () -> {
                sink.write(reopened == null ? rows.inSlot() : rows);
                done(present, false);
              });
      case Task.Flush() ->
          attempt(
              "write",
              () -> {
                sink.flush();
                done(present, true);
              });
      case Task.Commit(Progress progress, boolean completely) ->
          attempt(
              "commit",
              () -> {
                sink.commit(progress);
                committed(present, completely ? sink.refusedLate() : List.of());
              });
    }
  }

  /** The sink is back; {@code committed} if the commit that failed has happened nevertheless. */
  private void goOn(boolean committed) {
    away = false;
    switch (task) {
      case Task.Commit commit when committed -> committed(commit, List.of());
      case Task.Commit commit -> report(new Report.Reopened(this, commit));
      case null, default -> {} // The next step begins it again.
    }
  }

  private void committed(Task commit, List<LateRefusal> late) {
    report(new Report.Done(this, commit, List.of(), late));
  }

  private void done(Task present, boolean flushed) throws IOException {
    report(new Report.Done(this, present, chain.refused(flushed), sink.refusedLate()));
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
      if (reopened == null || redelivery.isIncomplete()) {
        fail(what, e);
        return;
      }
      reopened.away(e);
      away = true;
    } catch (IOException | RuntimeException e) {
      fail(what, e);
    }
  }

  private void fail(String what, Exception cause) {
    ended = true;
    report(new Report.Failed(PipelineFailedException.ofOutput(name(), what, cause)));
  }
}
