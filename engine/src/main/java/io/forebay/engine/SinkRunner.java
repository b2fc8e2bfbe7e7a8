package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.Frontier;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Writes batches to every sink, frees their slots, commits in groups and acknowledges to the
 * sources, one step at a time.
 *
 * <p>Driven by one thread, which alone uses the outputs; the dispatcher hands in by {@link #take}.
 * A commit takes dead letters first, then sinks, then the sources are told: whatever a source was
 * told is durable everywhere. Commits happen between batches, every {@value #COMMIT_EVERY_MS} ms or
 * sooner when nothing else waits, though so rarely that a slow disk spends a tenth of the time on
 * them at most; every {@value #COMMIT_AT_LATEST_MS} ms anyway, and at once when a source has no
 * credit left.
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
  private volatile boolean ended;
  private volatile boolean complete;
  private volatile Tally.Counts counts = Tally.Counts.ZERO;
  private boolean uncommitted;
  private long uncommittedSince;
  private long lastCommitEnd;
  private long lastCommitNanos;
  private boolean midBatch;
  private boolean outputFailed;
  private volatile boolean done;
  private volatile boolean halted;

  SinkRunner(Wiring wiring, Frontier start, Doorbell doorbell, Ticker ticker) {
    this.wiring = wiring;
    this.acks = new AckTracker(start);
    this.doorbell = doorbell;
    this.ticker = ticker;
    this.lastCommitEnd = ticker.nanos();
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
    boolean last = ended; // Before looking into the queue: nothing comes after the end.
    InFlightBatch batch = queue.poll();
    if (batch != null) {
      write(batch);
      if (!uncommitted) {
        uncommitted = true;
        uncommittedSince = now;
      }
      if (!midBatch && now - uncommittedSince >= COMMIT_EVERY_NANOS && commitDueIn(now) <= 0) {
        commit(false);
      }
      return true;
    }
    if (last) {
      commit(complete);
      done = true;
      return true;
    }
    if (uncommitted && !midBatch && commitDueIn(now) <= 0) {
      commit(false);
      return true;
    }
    return false;
  }

  @Override
  public long nextStepIn(long now) {
    return uncommitted && !midBatch ? commitDueIn(now) : FOREVER;
  }

  private long commitDueIn(long now) {
    if (wiring.intake.isShortOfCredit()) {
      return 0;
    }
    long spacing = Math.min(COMMIT_AT_LATEST_NANOS, 9 * lastCommitNanos);
    return lastCommitEnd + spacing - now;
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

  private void write(InFlightBatch batch) throws PipelineFailedException {
    int rows = batch.slot.rows();
    if (rows > 0) {
      Batch view = batch.slot.view(wiring.stages);
      for (OutputLane sink : wiring.sinks) {
        attempt(sink, "write", () -> sink.write(view, batch, wiring.intake.names()));
      }
      batch.tally.part(view, wiring.multiplied, batch.rejected);
    }
    midBatch = !batch.parts.isEmpty();
    if (midBatch) {
      wiring.partWritten.accept(batch);
      return;
    }
    writeRejected(batch.rejected);
    counts = batch.tally.finish(counts, batch.records, wiring.multiplied, batch.rejected);
    acks.written(batch);
    wiring.intake.release(batch.slot);
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

  private void commit(boolean completely) throws PipelineFailedException {
    long begin = ticker.nanos();
    Frontier frontier = acks.frontier();
    OutputLane dead = wiring.deadLetters.orElse(null);
    if (dead != null) {
      attempt(dead, "commit", () -> dead.commit(wiring.identity, frontier, completely));
    }
    for (OutputLane sink : wiring.sinks) {
      attempt(sink, "commit", () -> sink.commit(wiring.identity, frontier, completely));
    }
    List<AckTracker.Acknowledged> acknowledged = acks.committed();
    // The source first: what is within the window counts from what it was told.
    acknowledged.forEach(wiring.acknowledged);
    wiring.intake.acknowledge(acknowledged);
    uncommitted = false;
    lastCommitEnd = ticker.nanos();
    lastCommitNanos = lastCommitEnd - begin;
  }

  /** After a failure elsewhere: keeps what is written, so that less is delivered again. */
  void commitWritten() throws PipelineFailedException {
    if (uncommitted && !midBatch && !outputFailed) {
      commit(false);
    }
  }

  private interface Write {
    void run() throws IOException;
  }

  private void attempt(OutputLane output, String what, Write write) throws PipelineFailedException {
    try {
      write.run();
    } catch (IOException | RuntimeException e) {
      outputFailed = true;
      throw new PipelineFailedException(
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
}
