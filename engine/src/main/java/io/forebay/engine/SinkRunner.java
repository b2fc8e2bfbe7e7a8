package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.RecordCounts;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
  private final Refusals refusals;
  private final List<SinkLane> lanes = new ArrayList<>();
  private final Queue<SinkLane.Report> reports = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;
  private volatile boolean complete;
  private volatile Tally.Counts counts = Tally.Counts.ZERO;

  /** Records of earlier runs that a store has refused in this one; written by one thread. */
  private volatile long refusedOfEarlier;

  /** What some sink has not written yet, in the order in which it was handed out. */
  private final ArrayDeque<SinkLane.Handed> handed = new ArrayDeque<>();

  /**
   * The sinks whose stores have refused rows that no commit has made known everywhere. They are
   * committed after all others and one after the other: after a crash between two commits they are
   * given those rows again and refuse them again, so that they count as dead-lettered. Otherwise
   * they would not be given them, and nobody would know.
   */
  private final Set<SinkLane> refusing = new LinkedHashSet<>();

  private boolean uncommitted;
  private long uncommittedSince;
  private long lastCommitEnd;
  private long lastCommitNanos;
  private boolean midBatch;
  private @Nullable Committing committing;
  private boolean failed;
  private volatile boolean done;
  private volatile boolean halted;

  /** A commit that is being made. */
  private static final class Committing {
    final boolean completely;
    final boolean last;
    final long begin;

    /** How many sinks have not handed everything to their stores, and how many not committed. */
    int unflushed;

    int uncommitted;

    /** Those whose turn to be committed has not come. */
    final ArrayDeque<SinkLane> later = new ArrayDeque<>();

    /** Of the dead letters: they are committed. */
    @Nullable Frontier frontier;

    Committing(boolean completely, boolean last, long begin) {
      this.completely = completely;
      this.last = last;
      this.begin = begin;
    }
  }

  SinkRunner(Wiring wiring, Frontier start, Doorbell doorbell, Ticker ticker) {
    this.wiring = wiring;
    this.acks = new AckTracker(start, wiring.counts);
    this.doorbell = doorbell;
    this.ticker = ticker;
    this.lastCommitEnd = ticker.nanos();
    boolean needed = wiring.sinks.stream().anyMatch(OutputLane::mayBeAway);
    this.redelivery = new Redelivery(needed ? wiring.intake.slots() : 0);
    this.refusals = new Refusals(wiring.multiplied, wiring.intake.names());
    for (OutputLane sink : wiring.sinks) {
      lanes.add(new SinkLane(sink, redelivery, wiring.intake.names(), reports, doorbell));
    }
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
  Tally.Counts counts() {
    return counts;
  }

  /** What became of the records of earlier runs, with what stores have refused of them since. */
  RecordCounts earlier(RecordCounts then) {
    long refused = Math.min(refusedOfEarlier, then.delivered());
    return then.plus(new RecordCounts(0, -refused, refused, 0, 0, 0));
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
    if (committing == null && !isHalfWritten()) {
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
    boolean waiting = uncommitted && !midBatch && handed.isEmpty() && committing == null;
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
    return redelivery.isDue() || refusals.isDue();
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
      case SinkLane.Report.Reopened(SinkLane lane, SinkLane.Task.Commit task) -> {
        Objects.requireNonNull(committing).unflushed++;
        lane.give(new SinkLane.Task.Flush());
      }
      case SinkLane.Report.Done its -> {
        if (!its.refused().isEmpty()) {
          refusing.add(its.lane());
          refusals.add(its.lane().name(), its.refused());
        }
        refusals.addLate(its.lane().name(), its.late());
        switch (its.task()) {
          case SinkLane.Task.Write(SinkLane.Handed rows) -> {
            rows.left--;
            writeOff();
          }
          case SinkLane.Task.Flush flush -> flushed(its.lane());
          case SinkLane.Task.Commit commit -> {
            Committing now = Objects.requireNonNull(committing);
            if (its.late().isEmpty()) {
              committed(now);
            } else { // What it has behind these waits for them.
              commitLetters(now);
              commit(its.lane(), now);
            }
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
    writeRejected(batch.rejected);
    counts = batch.tally.finish(counts, wiring.multiplied);
    refusals.rejected(batch.rejected);
    acks.written(batch);
    if (empty || !redelivery.isNeeded()) {
      wiring.intake.release(batch.slot);
    }
  }

  private void writeRejected(List<Rejected> rejected) throws PipelineFailedException {
    if (rejected.isEmpty()) {
      return;
    }
    rejected.sort(Rejected.ORDER);
    OutputLane output = wiring.deadLetters.orElse(null);
    if (output == null) {
      Rejected first = rejected.getFirst();
      throw new PipelineFailedException(
          "record "
              + first.sequence()
              + " of "
              + Partition.key(first.rejection().source(), first.rejection().partition())
              + " was rejected and there is no dead letter to keep it ("
              + first.rejection().reason()
              + "): add a dead letter output and run again");
    }
    letter(output, "write", () -> output.write(rejected, wiring.intake.names()));
  }

  // ------------------------------------------------------------------ commits

  private void commit(boolean completely, boolean last) throws PipelineFailedException {
    Committing now = new Committing(completely, last, ticker.nanos());
    committing = now;
    now.unflushed = lanes.size();
    now.uncommitted = lanes.size();
    lanes.forEach(lane -> lane.give(new SinkLane.Task.Flush()));
    if (lanes.isEmpty()) {
      commitLetters(now);
      committed();
    }
  }

  /** A sink has handed everything to its store: it is committed once all have, and then alone. */
  private void flushed(SinkLane lane) throws PipelineFailedException {
    Committing now = Objects.requireNonNull(committing);
    boolean again = now.frontier != null;
    if (--now.unflushed > 0 && !again) {
      return;
    }
    commitLetters(now);
    if (again) {
      commit(lane, now);
      return;
    }
    lanes.stream().filter(each -> !refusing.contains(each)).forEach(each -> commit(each, now));
    now.later.addAll(refusing);
    if (now.uncommitted == now.later.size()) {
      commit(now.later.remove(), now);
    }
  }

  private void commit(SinkLane lane, Committing now) {
    Frontier frontier = Objects.requireNonNull(now.frontier);
    lane.give(new SinkLane.Task.Commit(wiring.identity, frontier, now.completely));
  }

  private void committed(Committing now) {
    now.uncommitted--;
    if (now.uncommitted == 0) {
      committed();
    } else if (now.uncommitted == now.later.size()) {
      commit(now.later.remove(), now);
    }
  }

  /** Dead letters, with what stores have refused; again only if more was refused since. */
  private void commitLetters(Committing now) throws PipelineFailedException {
    Refusals.Letters refused = refusals.take(redelivery.handed());
    if (now.frontier != null && refused.letters().isEmpty()) {
      return;
    }
    writeRejected(refused.letters());
    counts = counts.refused(refused.records());
    long before = refusedOfEarlier;
    refusedOfEarlier = before + refused.ofEarlier();
    for (Tally.Key each : refused.direct()) {
      acks.refused(wiring.intake.names().partition(each.partition()), each.sequence());
    }
    Frontier frontier = wiring.dropped.apply(acks.frontier());
    OutputLane dead = wiring.deadLetters.orElse(null);
    if (dead != null) {
      letter(dead, "commit", () -> dead.commit(wiring.identity, frontier, now.completely));
    }
    now.frontier = frontier;
  }

  private void committed() {
    Committing now = Objects.requireNonNull(committing);
    committing = null;
    redelivery.committed(wiring.intake::release);
    refusals.committed();
    if (!refusing.isEmpty() && !acks.isAnyRefusedBeyond()) {
      refusing.clear();
    }
    List<AckTracker.Acknowledged> acknowledged = acks.committed();
    // The source first: what is within the window counts from what it was told.
    acknowledged.forEach(wiring.acknowledged);
    wiring.intake.acknowledge(acknowledged);
    uncommitted = false;
    lastCommitEnd = ticker.nanos();
    lastCommitNanos = lastCommitEnd - now.begin;
    done = now.last;
  }

  /**
   * After a failure elsewhere: keeps what is written, so that less is delivered again. Waits for
   * the sinks, unless the store of one is away.
   */
  void commitWritten() throws PipelineFailedException, InterruptedException {
    if (!failed && isSettled() && uncommitted && !midBatch) {
      commit(false, false);
      isSettled();
    }
  }

  private boolean isSettled() throws PipelineFailedException, InterruptedException {
    while (!handed.isEmpty() || committing != null) {
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

  private interface Write {
    void run() throws IOException;
  }

  private void letter(OutputLane output, String what, Write write) throws PipelineFailedException {
    try {
      write.run();
    } catch (IOException | RuntimeException e) {
      failed = true;
      throw SinkLane.failure(output, what, e);
    }
  }
}
