package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.RetryableException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches to every sink, frees their slots, commits in groups and acknowledges to the
 * sources, one step at a time.
 *
 * <p>Driven by one thread, which alone uses the outputs; the dispatcher hands in by {@link #take}.
 * A commit makes the sinks hand everything to their stores, whose refusals go to dead letter, then
 * takes dead letters first, then sinks, then the sources are told: whatever a source was told is
 * durable everywhere. Commits happen between batches, every {@value #COMMIT_EVERY_MS} ms or sooner
 * when nothing else waits, though so rarely that a slow disk spends a tenth of the time on them at
 * most; every {@value #COMMIT_AT_LATEST_MS} ms anyway, and at once when a source has no credit left
 * or half of the slots wait for a commit.
 *
 * <p>When the store of a sink is away ({@link RetryableException}), the write or commit that it
 * interrupts stays as it is, {@link #step} does nothing until the next attempt is due, and then
 * goes on at that sink.
 */
final class SinkRunner implements Hand {
  static final int COMMIT_EVERY_MS = 100;
  static final int COMMIT_AT_LATEST_MS = 2_000;

  private static final long COMMIT_EVERY_NANOS = COMMIT_EVERY_MS * 1_000_000L;
  private static final long COMMIT_AT_LATEST_NANOS = COMMIT_AT_LATEST_MS * 1_000_000L;
  private static final long FOREVER = Long.MAX_VALUE / 2;

  /** What the sink runner needs to know and whom it tells. */
  record Wiring(
      String identity,
      int stages,
      boolean multiplied,
      Intake intake,
      List<OutputLane> sinks,
      Optional<OutputLane> deadLetters,
      Consumer<InFlightBatch> partWritten,
      Consumer<AckTracker.Acknowledged> acknowledged) {}

  private final Wiring wiring;
  private final AckTracker acks;
  private final Doorbell doorbell;
  private final Ticker ticker;
  private final Queue<InFlightBatch> queue = new ConcurrentLinkedQueue<>();
  private final Redelivery redelivery;
  private volatile boolean ended;
  private volatile boolean complete;
  private volatile Tally.Counts counts = Tally.Counts.ZERO;
  private boolean uncommitted;
  private long uncommittedSince;
  private long lastCommitEnd;
  private long lastCommitNanos;
  private boolean midBatch;

  /** The batch that is being written, or the commit that is being made, and whose turn it is. */
  private @Nullable InFlightBatch writing;

  private @Nullable Committing committing;
  private int turn;

  private final Refusals refusals;

  /** How many sinks have handed everything to their stores, of the commit that is being made. */
  private int flushed;

  private boolean lettersCommitted;

  /** The sink whose turn it is and whose store is away. */
  private @Nullable OutputLane away;

  private boolean outputFailed;
  private volatile boolean done;
  private volatile boolean halted;

  private record Committing(Frontier frontier, boolean completely, boolean last, long begin) {}

  SinkRunner(Wiring wiring, Frontier start, Doorbell doorbell, Ticker ticker) {
    this.wiring = wiring;
    this.acks = new AckTracker(start);
    this.doorbell = doorbell;
    this.ticker = ticker;
    this.lastCommitEnd = ticker.nanos();
    boolean needed = wiring.sinks.stream().anyMatch(OutputLane::mayBeAway);
    this.redelivery = new Redelivery(needed ? wiring.intake.slots() : 0);
    this.refusals = new Refusals(wiring.multiplied, wiring.intake.names());
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

  // ------------------------------------------------------------------ steps

  @Override
  public boolean step(long now) throws PipelineFailedException {
    if (away != null) {
      return away.dueIn(now) <= 0 && bringBack(away);
    }
    boolean last = ended; // Before looking into the queue: nothing comes after the end.
    InFlightBatch batch = queue.poll();
    if (batch != null) {
      if (!uncommitted) {
        uncommitted = true;
        uncommittedSince = now;
      }
      writing = batch;
      turn = 0;
      goOnWriting();
      boolean often = now - uncommittedSince < COMMIT_EVERY_NANOS && !isDue();
      if (writing == null && !midBatch && !often && commitDueIn(now) <= 0) {
        commit(false, false);
      }
      return true;
    }
    if (last) {
      commit(complete, true);
      return true;
    }
    if (uncommitted && !midBatch && commitDueIn(now) <= 0) {
      commit(false, false);
      return true;
    }
    return false;
  }

  @Override
  public long nextStepIn(long now) {
    if (away != null) {
      return away.dueIn(now);
    }
    return uncommitted && !midBatch ? commitDueIn(now) : FOREVER;
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

  private void goOnWriting() throws PipelineFailedException {
    InFlightBatch batch = Objects.requireNonNull(writing);
    boolean last = batch.parts.isEmpty();
    int rows = batch.slot.rows();
    if (rows > 0) {
      Batch view = batch.slot.view(wiring.stages);
      for (; turn < wiring.sinks.size(); turn++) {
        OutputLane sink = wiring.sinks.get(turn);
        if (!attempt(sink, "write", () -> sink.write(view, batch, wiring.intake.names()))) {
          return;
        }
        refusals.add(sink);
      }
      batch.tally.part(view, wiring.multiplied, batch.rejected);
      if (redelivery.isNeeded()) {
        if (last) {
          redelivery.keep(view, batch);
        } else {
          redelivery.copy(view, batch);
        }
      }
    }
    writing = null;
    midBatch = !last;
    if (midBatch) {
      wiring.partWritten.accept(batch);
      return;
    }
    writeRejected(batch.rejected);
    counts = batch.tally.finish(counts, batch.records, wiring.multiplied, batch.rejected);
    refusals.rejected(batch.rejected);
    acks.written(batch);
    if (rows == 0 || !redelivery.isNeeded()) {
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
              + wiring.intake.names().get(first.partition())
              + " was rejected and there is no dead letter to keep it ("
              + first.rejection().reason()
              + "): add a dead letter output and run again");
    }
    attempt(output, "write", () -> output.write(rejected, wiring.intake.names()));
  }

  private void commit(boolean completely, boolean last) throws PipelineFailedException {
    Frontier frontier = acks.frontier();
    committing = new Committing(frontier, completely, last, ticker.nanos());
    turn = 0;
    flushed = 0;
    lettersCommitted = false;
    goOnCommitting();
  }

  private void goOnCommitting() throws PipelineFailedException {
    Committing now = Objects.requireNonNull(committing);
    for (; flushed < wiring.sinks.size(); flushed++) {
      OutputLane sink = wiring.sinks.get(flushed);
      if (!attempt(sink, "write", sink::flush)) {
        return;
      }
      refusals.add(sink);
    }
    commitLetters(now);
    for (; turn < wiring.sinks.size(); turn++) {
      OutputLane sink = wiring.sinks.get(turn);
      if (!attempt(
          sink, "commit", () -> sink.commit(wiring.identity, now.frontier, now.completely))) {
        return;
      }
    }
    committing = null;
    redelivery.committed(wiring.intake::release);
    refusals.committed();
    List<AckTracker.Acknowledged> acknowledged = acks.committed();
    // The source first: what is within the window counts from what it was told.
    acknowledged.forEach(wiring.acknowledged);
    wiring.intake.acknowledge(acknowledged);
    uncommitted = false;
    lastCommitEnd = ticker.nanos();
    lastCommitNanos = lastCommitEnd - now.begin;
    done = now.last;
  }

  /** Dead letters, with what stores have refused; again only if more was refused since. */
  private void commitLetters(Committing now) throws PipelineFailedException {
    List<Rejected> refused = refusals.take(redelivery.written());
    if (lettersCommitted && refused.isEmpty()) {
      return;
    }
    writeRejected(refused);
    counts = counts.refused(refused.size());
    OutputLane dead = wiring.deadLetters.orElse(null);
    if (dead != null) {
      attempt(dead, "commit", () -> dead.commit(wiring.identity, now.frontier, now.completely));
    }
    lettersCommitted = true;
  }

  /** Another attempt with a sink whose store was away, and on from there if it is back. */
  private boolean bringBack(OutputLane sink) throws PipelineFailedException {
    boolean[] committed = new boolean[1];
    away = null;
    if (attempt(
        sink,
        "go on after its store was away",
        () -> committed[0] = sink.bringBack(redelivery.written(), wiring.intake.names()))) {
      if (committed[0]) {
        turn++;
      }
      if (writing != null) {
        goOnWriting();
      } else {
        if (!committed[0]) {
          flushed = Math.min(flushed, turn); // It was given its rows again.
        }
        goOnCommitting();
      }
    }
    return true;
  }

  /** After a failure elsewhere: keeps what is written, so that less is delivered again. */
  void commitWritten() throws PipelineFailedException {
    if (uncommitted && !midBatch && !outputFailed && writing == null && committing == null) {
      commit(false, false);
    }
  }

  private interface Write {
    void run() throws IOException;
  }

  /** Whether that went well; if not, the store is away and the output's turn comes again. */
  private boolean attempt(OutputLane output, String what, Write write)
      throws PipelineFailedException {
    try {
      write.run();
      return true;
    } catch (RetryableException e) {
      if (!output.mayBeAway() || redelivery.isIncomplete()) {
        throw failed(output, what, e);
      }
      output.isAway(e);
      away = output;
      return false;
    } catch (IOException | RuntimeException e) {
      throw failed(output, what, e);
    }
  }

  private PipelineFailedException failed(OutputLane output, String what, Exception e) {
    outputFailed = true;
    return new PipelineFailedException(
        "the output '"
            + output.name()
            + "' could not "
            + what
            + " ("
            + (e.getMessage() == null ? e.toString() : e.getMessage())
            + "): everything behind its last commit is delivered again by the next run, once"
            + " this is put right",
        e);
  }
}
