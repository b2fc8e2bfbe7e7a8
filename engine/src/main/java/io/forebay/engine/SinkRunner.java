package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.internal.concurrent.Doorbell;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Has batches written to every sink, frees their slots, commits in groups and acknowledges to the
 * sources, one step at a time.
 *
 * <p>Driven by one thread; the dispatcher hands in by {@link #take}. Each sink has a {@link
 * SinkLane} of its own and writes in its own time: a fast one may be as many batches ahead as there
 * are slots. Where there are several sinks, each is driven by a thread of its own; a single one is
 * driven here.
 *
 * <p>For a commit nothing more is handed out until every sink has written what it was given. Then
 * the sinks hand everything to their stores, whose refusals go to dead letter; dead letters are
 * committed first, then the sinks, then the sources are told: whatever a source was told is durable
 * everywhere. Commits happen between batches, every {@value #COMMIT_EVERY_MS} ms or sooner when
 * nothing else waits, though so rarely that a slow disk spends a tenth of the time on them at most;
 * every {@value #COMMIT_AT_LATEST_MS} ms anyway, and at once when a source has no credit left or
 * half of the slots wait for a commit.
 */
final class SinkRunner implements Hand {
  static final int COMMIT_EVERY_MS = 100;
  static final int COMMIT_AT_LATEST_MS = 2_000;

  private static final long COMMIT_EVERY_NANOS = COMMIT_EVERY_MS * 1_000_000L;
  private static final long COMMIT_AT_LATEST_NANOS = COMMIT_AT_LATEST_MS * 1_000_000L;
  private static final long LOOK_AGAIN_NANOS = 100_000_000;
  private static final long LOOK_AT_SINKS_NANOS = 1_000_000_000;

  /**
   * What the sink runner needs to know and whom it tells.
   *
   * @param counts whether the frontiers tell what has become of the records
   * @param dropped adds to a frontier what the sources have thrown away
   */
  record Wiring(
      String identity,
      int stages,
      boolean multiplied,
      Intake intake,
      List<OutputLane> sinks,
      Optional<OutputLane> deadLetters,
      boolean counts,
      UnaryOperator<Frontier> dropped,
      Consumer<InFlightBatch> partWritten,
      Consumer<AckTracker.Acknowledged> acknowledged) {}

  private final Wiring wiring;
  private final AckTracker acks;
  private final Doorbell doorbell;
  private final Ticker ticker;
  private final Queue<InFlightBatch> queue = new ConcurrentLinkedQueue<>();
  private final Redelivery redelivery;
  private final Letters letters;
  private final Account account = new Account();
  private final GroupCommit commit;
  private final List<SinkLane> lanes = new ArrayList<>();
  private final Queue<SinkLane.Report> reports = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;
  private volatile boolean complete;

  /** What some sink has not written yet, in the order in which it was handed out. */
  private final ArrayDeque<SinkLane.Handed> handed = new ArrayDeque<>();

  private boolean uncommitted;
  private long uncommittedSince;
  private long lastCommitEnd;
  private long lastCommitNanos;
  private boolean midBatch;
  private boolean lastCommit;
  private long commitBegin;
  private boolean failed;
  private volatile boolean done;
  private volatile boolean halted;

  SinkRunner(Wiring wiring, Frontier start, Doorbell doorbell, Ticker ticker) {
    this.wiring = wiring;
    this.acks = new AckTracker(start, wiring.counts);
    this.doorbell = doorbell;
    this.ticker = ticker;
    this.lastCommitEnd = ticker.nanos();
    boolean needed = wiring.sinks.stream().anyMatch(OutputLane::mayBeAway);
    this.redelivery = new Redelivery(needed ? wiring.intake.slots() : 0);
    this.letters = new Letters(wiring.deadLetters, wiring.intake.names());
    for (OutputLane sink : wiring.sinks) {
      lanes.add(new SinkLane(sink, redelivery, wiring.intake.names(), reports, doorbell));
    }
    this.commit = new GroupCommit(wiring, lanes, acks, letters, account, redelivery);
  }

  /** The sinks that are to be driven by threads of their own. */
  List<SinkLane> lanes() {
    return lanes.size() > 1 ? lanes : List.of();
  }

  // ------------------------------------------------------------------ from the dispatcher

  /** Hands a batch over, or the part of it that is in its slot. */
  void take(InFlightBatch batch) {
    queue.add(batch);
    doorbell.ring();
  }

  /** No more batches will come. */
  void end(boolean completely) {
    complete = completely;
    ended = true;
    doorbell.ring();
  }

  /** What has become of the records so far; for anybody. */
  Account account() {
    return account;
  }

  // ------------------------------------------------------------------ steps

  @Override
  public boolean step(long now) throws PipelineFailedException {
    boolean last = ended; // Before looking into the queue: nothing comes after the end.
    boolean progress = settle(now);
    if (!uncommitted && lanes.stream().anyMatch(SinkLane::needsCommit)) {
      uncommitted = true;
      uncommittedSince = now;
    }
    if (!commit.isUnderway() && !isHalfWritten()) {
      progress |= goOn(now, last);
      progress |= settle(now);
    }
    return progress;
  }

  /** Hands out a batch, or begins a commit. */
  private boolean goOn(long now, boolean last) throws PipelineFailedException {
    boolean due = uncommitted && !midBatch && commitDueIn(now) <= 0;
    if (!due || (now - uncommittedSince < COMMIT_EVERY_NANOS && !isDue())) {
      InFlightBatch batch = queue.poll();
      if (batch != null) {
        if (!uncommitted) {
          uncommitted = true;
          uncommittedSince = now;
        }
        handOut(batch);
        return true;
      }
    }
    if (!handed.isEmpty()) {
      return false;
    }
    if (last && queue.isEmpty()) {
      commit(complete, true);
      return true;
    }
    if (due) {
      commit(false, false);
      return true;
    }
    return false;
  }

  /** Whether some sink writes a part of a batch whose next part needs its slot. */
  private boolean isHalfWritten() {
    return !handed.isEmpty() && !handed.getLast().last;
  }

  @Override
  public long nextStepIn(long now) {
    long next = LOOK_AT_SINKS_NANOS;
    if (lanes.size() == 1) {
      next = Math.min(next, lanes.getFirst().nextStepIn(now));
    }
    boolean waiting = uncommitted && !midBatch && handed.isEmpty() && !commit.isUnderway();
    return waiting ? Math.min(next, commitDueIn(now)) : next;
  }

  private long commitDueIn(long now) {
    if (wiring.intake.isShortOfCredit() || isDue()) {
      return 0;
    }
    long spacing = Math.min(COMMIT_AT_LATEST_NANOS, 9 * lastCommitNanos);
    return lastCommitEnd + spacing - now;
  }

  private boolean isDue() {
    return redelivery.isDue() || commit.isDue();
  }

  /** Ends after the present step. */
  void halt() {
    halted = true;
    doorbell.ring();
  }

  /** Whether everything was delivered and committed. */
  boolean isDelivered() {
    return done;
  }

  @Override
  public boolean isDone() {
    return done || halted;
  }

  /** Takes in what the sinks have done. */
  private boolean settle(long now) throws PipelineFailedException {
    boolean progress = false;
    boolean more = true;
    while (more) {
      more = lanes.size() == 1 && lanes.getFirst().step(now);
      for (SinkLane.Report report = reports.poll(); report != null; report = reports.poll()) {
        more = true;
        take(report);
      }
      progress |= more;
    }
    return progress;
  }

  private void take(SinkLane.Report report) throws PipelineFailedException {
    switch (report) {
      case SinkLane.Report.Failed(PipelineFailedException failure) -> {
        failed = true;
        throw failure;
      }
      case SinkLane.Report.Reopened reopened -> commit.reopened(reopened.lane());
      case SinkLane.Report.Done done -> {
        commit.refused(done);
        switch (done.task()) {
          case SinkLane.Task.Write(SinkLane.Handed rows) -> {
            rows.left--;
            writeOff();
          }
          case SinkLane.Task.Flush flush -> commit.flushed(done.lane());
          case SinkLane.Task.Commit task -> {
            commit.committed(done);
            endCommit();
          }
        }
      }
    }
  }

  // ------------------------------------------------------------------ batches

  private void handOut(InFlightBatch batch) throws PipelineFailedException {
    boolean last = batch.parts.isEmpty();
    Batch view = batch.slot.view(wiring.stages);
    boolean empty = view.rows() == 0;
    SinkLane.Handed rows = new SinkLane.Handed(batch, view, last, empty ? 0 : lanes.size());
    midBatch = !last;
    handed.add(rows);
    if (empty) {
      writeOff();
      return;
    }
    if (redelivery.isNeeded()) {
      redelivery.keep(rows);
    }
    if (lanes.size() > 1) {
      prepare(view);
    }
    lanes.forEach(lane -> lane.give(new SinkLane.Task.Write(rows)));
    writeOff();
  }

  /** A slot makes its columns when they are first asked for; then many threads may read them. */
  private static void prepare(Batch view) {
    for (int i = 0; i < view.schema().size(); i++) {
      view.column(i);
    }
    view.extras();
    view.partition(0);
    view.sequence(0);
  }

  /** Lets go of what every sink has written. */
  private void writeOff() throws PipelineFailedException {
    for (SinkLane.Handed first = handed.peek();
        first != null && first.left == 0;
        first = handed.peek()) {
      handed.remove();
      writeOff(first);
    }
  }

  private void writeOff(SinkLane.Handed rows) throws PipelineFailedException {
    InFlightBatch batch = rows.batch;
    boolean empty = rows.rows.rows() == 0;
    if (!empty) {
      batch.tally.part(rows.rows, wiring.multiplied);
    }
    if (!rows.last) {
      if (!empty && redelivery.isNeeded()) {
        redelivery.copy(rows);
      }
      wiring.partWritten.accept(batch);
      return;
    }
    letters.write(batch.rejected);
    account.finished(batch, wiring.multiplied);
    commit.rejected(batch.rejected);
    acks.written(batch);
    if (empty || !redelivery.isNeeded()) {
      wiring.intake.release(batch.slot);
    }
  }

  // ------------------------------------------------------------------ commits

  private void commit(boolean completely, boolean last) throws PipelineFailedException {
    lastCommit = last;
    commitBegin = ticker.nanos();
    commit.begin(completely);
    endCommit();
  }

  /** Tells who waits for it, if the commit that was begun has come to its end. */
  private void endCommit() {
    if (commit.isUnderway()) {
      return;
    }
    redelivery.committed(wiring.intake::release);
    account.committed();
    List<AckTracker.Acknowledged> acknowledged = acks.committed();
    // The source first: what is within the window counts from what it was told.
    acknowledged.forEach(wiring.acknowledged);
    wiring.intake.acknowledge(acknowledged);
    uncommitted = false;
    lastCommitEnd = ticker.nanos();
    lastCommitNanos = lastCommitEnd - commitBegin;
    done = lastCommit;
  }

  /**
   * After a failure elsewhere: keeps what is written, so that less is delivered again. Waits for
   * the sinks, unless the store of one is away.
   */
  void commitWritten() throws PipelineFailedException, InterruptedException {
    if (!failed && !letters.isBroken() && isSettled() && uncommitted && !midBatch) {
      commit(false, false);
      isSettled();
    }
  }

  private boolean isSettled() throws PipelineFailedException, InterruptedException {
    while (!handed.isEmpty() || commit.isUnderway()) {
      if (settle(ticker.nanos())) {
        continue;
      }
      if (lanes.stream().anyMatch(SinkLane::isAway)) {
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
