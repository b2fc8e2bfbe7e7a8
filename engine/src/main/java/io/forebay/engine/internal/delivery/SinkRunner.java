package io.forebay.engine.internal.delivery;

import io.forebay.Batch;
import io.forebay.engine.internal.batches.BatchReceiver;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Rejected;
import io.forebay.engine.internal.intake.AckTracker;
import io.forebay.engine.internal.intake.Intake;
import io.forebay.engine.internal.loops.Agent;
import io.forebay.engine.internal.loops.CommitSchedule;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.LatencyMeter;
import io.forebay.engine.internal.sinks.Redelivery;
import io.forebay.engine.internal.sinks.SinkAgent;
import io.forebay.engine.internal.sinks.SinkBatch;
import io.forebay.engine.internal.sinks.SinkChain;
import io.forebay.engine.internal.windows.WindowFeed;
import io.forebay.engine.internal.windows.WindowStage;
import io.forebay.internal.concurrent.Doorbell;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has batches written to every sink, frees their slots, and has them committed ({@link
 * GroupCommit}), one step at a time.
 *
 * <p>Driven by one thread; the dispatcher hands in by {@link #take}. Each sink has a {@link
 * SinkAgent} of its own and writes in its own time: a fast one may be as many batches ahead as
 * there are slots. Where there are several sinks, each is driven by a thread of its own; a single
 * one is driven here.
 *
 * <p>Commits happen between batches, when {@link CommitSchedule} says so, and at once when half of
 * the slots wait for a commit, or a source has no credit left and no batch waits to be written. For
 * a commit nothing more is handed out until every sink has written what it was given.
 */
public final class SinkRunner implements Agent, BatchReceiver {
  private static final long LOOK_AGAIN_NANOS = 100_000_000;
  private static final long LOOK_AT_SINKS_NANOS = 1_000_000_000;

  /**
   * What the sink runner needs to know and whom it tells.
   *
   * @param stages how many stages a batch passes
   * @param multiplied whether one of them makes any number of rows of one
   * @param windows into which batches are merged; null where sinks get the rows themselves
   */
  public record Wiring(
      String identity,
      int stages,
      boolean multiplied,
      Intake intake,
      List<SinkChain> sinks,
      DeadLetterWriter deadLetters,
      RecordLedger ledger,
      LatencyMeter latency,
      Consumer<InFlightBatch> partWritten,
      Consumer<AckTracker.Acknowledged> acknowledged,
      @Nullable WindowStage windows) {}

  private final Wiring wiring;
  private final Doorbell doorbell;
  private final Ticker ticker;
  private final Queue<InFlightBatch> queue = new ConcurrentLinkedQueue<>();

  /** What has passed the stages behind the windows. */
  private final Queue<InFlightBatch> returned = new ConcurrentLinkedQueue<>();

  private final Redelivery redelivery;
  private final GroupCommit commit;
  private final CommitSchedule schedule;
  private final UnwrittenBatches unwritten;
  private final List<SinkAgent> sinks = new ArrayList<>();
  private final Queue<SinkAgent.Report> reports = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;
  private volatile boolean complete;

  /** Whether the outputs were given what they lack of an earlier run. */
  private boolean caughtUp;

  private boolean lastCommit;
  private boolean failed;
  private volatile boolean done;
  private volatile boolean halted;

  public SinkRunner(Wiring wiring, Doorbell doorbell, Ticker ticker) {
    this.wiring = wiring;
    this.doorbell = doorbell;
    this.ticker = ticker;
    this.schedule = new CommitSchedule(ticker);
    boolean needed = wiring.sinks.stream().anyMatch(SinkChain::mayBeAway);
    this.redelivery = new Redelivery(needed ? wiring.intake.slots() : 0);
    for (SinkChain sink : wiring.sinks) {
      sinks.add(new SinkAgent(sink, redelivery, reports, doorbell));
    }
    this.commit = new GroupCommit(wiring, sinks, redelivery);
    this.unwritten = new UnwrittenBatches(wiring, sinks, redelivery, commit);
  }

  /** The sinks that are to be driven by threads of their own. */
  public List<SinkAgent> sinksWithThreads() {
    return sinks.size() > 1 ? sinks : List.of();
  }

  // ------------------------------------------------------------------ from the dispatcher

  @Override
  public void take(InFlightBatch batch) {
    queue.add(batch);
    doorbell.ring();
  }

  @Override
  public void end(boolean completely) {
    complete = completely;
    ended = true;
    doorbell.ring();
  }

  /** What is given the batches that have passed the stages behind the windows. */
  public BatchReceiver ofWindows() {
    return new BatchReceiver() {
      @Override
      public void take(InFlightBatch batch) {
        returned.add(batch);
        doorbell.ring();
      }

      @Override
      public void end(boolean completely) {
        // It comes to its end because this one has begun its last commit.
      }
    };
  }

  // ------------------------------------------------------------------ steps

  @Override
  public boolean step(long now) throws PipelineFailedException {
    boolean last = ended; // Before looking into the queue: nothing comes after the end.
    boolean progress = takeReports(now);
    if (sinks.stream().anyMatch(SinkAgent::needsCommit)) {
      schedule.need(now);
    }
    if (!commit.isUnderway() && !unwritten.isHalfWritten()) {
      progress |= goOn(now, last);
      progress |= takeReports(now);
    }
    return progress;
  }

  /** Hands out a batch, or begins a commit. */
  private boolean goOn(long now, boolean last) throws PipelineFailedException {
    if (takeReturned(now)) {
      return true;
    }
    boolean due = schedule.isNeeded() && !unwritten.isMidBatch() && commitDueIn(now) <= 0;
    if ((!due || (schedule.mayWait(now) && !isDueAtOnce())) && hasRoom()) {
      WindowStage windows = wiring.windows;
      InFlightBatch batch = windows == null || caughtUp ? queue.poll() : null;
      if (batch != null) {
        schedule.need(now);
        if (windows == null) {
          unwritten.handOut(batch);
        } else {
          unwritten.merge(batch, windows, now);
        }
        return true;
      }
      if (windows != null && passTime(windows, now, last)) {
        return true;
      }
    }
    if (!unwritten.isEmpty() || isAnyBehind()) {
      return false;
    }
    if (last && queue.isEmpty()) {
      if (wiring.windows != null && passTime(wiring.windows, now, true)) {
        return true;
      }
      commit(complete, true);
      return true;
    }
    if (due) {
      commit(false, false);
      return true;
    }
    return false;
  }

  /** Hands out what has passed the stages behind the windows; also while a commit waits for it. */
  private boolean takeReturned(long now) throws PipelineFailedException {
    WindowStage windows = wiring.windows;
    WindowFeed behind = behind();
    InFlightBatch batch = unwritten.isFull() ? null : returned.poll();
    if (windows == null || behind == null || batch == null) {
      return false;
    }
    schedule.need(now);
    unwritten.handOut(batch, windows, behind);
    return true;
  }

  private @Nullable WindowFeed behind() {
    return wiring.windows == null ? null : wiring.windows.behind();
  }

  /** Whether more rows of windows may be made. */
  private boolean hasRoom() {
    WindowFeed behind = behind();
    return !unwritten.isFull() && (behind == null || !behind.isFull());
  }

  /** Whether rows of windows are in the stages behind: no commit decides without them. */
  private boolean isAnyBehind() {
    WindowFeed behind = behind();
    return behind != null && !behind.isEmpty();
  }

  /** Hands out rows of windows for which no batch is needed. */
  private boolean passTime(WindowStage windows, long now, boolean last)
      throws PipelineFailedException {
    List<Batch> lacking = caughtUp ? List.of() : catchUp(windows, now);
    if (!lacking.isEmpty()) {
      schedule.need(now);
      unwritten.handOut(lacking, windows);
      return true;
    }
    if (unwritten.isMidBatch()) {
      return false;
    }
    boolean all = last && complete && queue.isEmpty();
    List<Batch> over = all ? windows.closeAll() : windows.onTime(now);
    if (over.isEmpty()) {
      return false;
    }
    schedule.need(now);
    unwritten.made(over, windows);
    return true;
  }

  /** What was decided by the last run, and not every output has. */
  private List<Batch> catchUp(WindowStage windows, long now) throws PipelineFailedException {
    caughtUp = true;
    List<Rejected> letters = windows.lackingLetters(wiring.deadLetters.epoch());
    wiring.deadLetters.write(letters);
    if (!letters.isEmpty()) {
      schedule.need(now);
    }
    return windows.lacking();
  }

  @Override
  public long nextStepIn(long now) {
    long next = LOOK_AT_SINKS_NANOS;
    if (wiring.windows != null) {
      next = Math.min(next, wiring.windows.lookIn(now));
    }
    if (sinks.size() == 1) {
      next = Math.min(next, sinks.getFirst().nextStepIn(now));
    }
    boolean waiting =
        schedule.isNeeded()
            && !unwritten.isMidBatch()
            && unwritten.isEmpty()
            && !isAnyBehind()
            && !commit.isUnderway();
    return waiting ? Math.min(next, commitDueIn(now)) : next;
  }

  private long commitDueIn(long now) {
    return wiring.intake.isShortOfCredit() || isDueAtOnce() ? 0 : schedule.dueIn(now);
  }

  private boolean isDueAtOnce() {
    return redelivery.isDue() || commit.isDue();
  }

  /** Ends after the present step. */
  public void halt() {
    halted = true;
    doorbell.ring();
  }

  /** Whether everything was delivered and committed. */
  public boolean isDelivered() {
    return done;
  }

  @Override
  public boolean isDone() {
    return done || halted;
  }

  /** Takes in what the sinks have done. */
  private boolean takeReports(long now) throws PipelineFailedException {
    boolean progress = false;
    boolean more = true;
    while (more) {
      more = sinks.size() == 1 && sinks.getFirst().step(now);
      for (SinkAgent.Report report = reports.poll(); report != null; report = reports.poll()) {
        more = true;
        take(report);
      }
      progress |= more;
    }
    return progress;
  }

  private void take(SinkAgent.Report report) throws PipelineFailedException {
    switch (report) {
      case SinkAgent.Report.Failed(PipelineFailedException failure) -> {
        failed = true;
        throw failure;
      }
      case SinkAgent.Report.Reopened reopened -> commit.reopened(reopened.sink());
      case SinkAgent.Report.Done written -> {
        commit.refused(written);
        switch (written.task()) {
          case SinkAgent.Task.Write(SinkBatch rows) -> {
            rows.written();
            unwritten.settle();
          }
          case SinkAgent.Task.Flush() -> commit.flushed(written.sink());
          case SinkAgent.Task.Commit task -> commit.committed(written);
        }
        endCommit();
      }
    }
  }

  // ------------------------------------------------------------------ commits

  private void commit(boolean completely, boolean last) throws PipelineFailedException {
    lastCommit = last;
    WindowFeed behind = behind();
    if (last && behind != null) {
      behind.end();
    }
    schedule.began();
    commit.begin(completely);
    endCommit();
  }

  /** Notes that the commit that was begun has come to its end, if it has. */
  private void endCommit() {
    if (schedule.isUnderway() && !commit.isUnderway()) {
      schedule.ended();
      done = lastCommit;
    }
  }

  /**
   * After a failure elsewhere: keeps what is written, so that less is delivered again. Waits for
   * the sinks, unless the store of one is away.
   */
  public void commitWritten() throws PipelineFailedException, InterruptedException {
    if (!failed
        && !wiring.deadLetters.isBroken()
        && isSettled()
        && schedule.isNeeded()
        && !isAnyBehind()
        && !unwritten.isMidBatch()) {
      commit(false, false);
      isSettled();
    }
  }

  private boolean isSettled() throws PipelineFailedException, InterruptedException {
    while (!unwritten.isEmpty() || commit.isUnderway()) {
      if (takeReports(ticker.nanos())) {
        continue;
      }
      if (sinks.stream().anyMatch(SinkAgent::isAway)) {
        return false;
      }
      doorbell.await(LOOK_AGAIN_NANOS);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return true;
  }
}
