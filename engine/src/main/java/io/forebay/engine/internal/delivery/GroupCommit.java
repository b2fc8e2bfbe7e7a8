package io.forebay.engine.internal.delivery;

import io.forebay.Frontier;
import io.forebay.engine.internal.batches.Rejected;
import io.forebay.engine.internal.intake.AckTracker;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.sinks.Redelivery;
import io.forebay.engine.internal.sinks.SinkAgent;
import io.forebay.engine.internal.windows.WindowStage;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commit, from top to bottom: makes what the sinks have written durable everywhere as one, and
 * then tells the sources. Nothing is handed to the sinks meanwhile.
 *
 * <pre>
 *        begin                          what is waited for in the phase
 *  IDLE ───────► FLUSHING               every sink has its store take or refuse every row
 *   ▲               │ all have
 *   │       (state of windows)          where there are some: the epoch is decided
 *   │          (dead letters)           with what the stores refused, committed at once
 *   │               ▼
 *   │            COMMITTING             the sinks whose stores refuse nothing, all at once
 *   │               │ all have
 *   │               ▼
 *   │            COMMITTING_REFUSING    the others, one after the other
 *   │               │ the last one has
 *   └───────── (ledger, slots, sources, credit)
 * </pre>
 *
 * A sink that was away in its commit, and was given its rows again, is flushed again; dead letters
 * are committed again if its store refused more; then it is committed. The same follows when a
 * commit brings refusals of what was committed before. The phase waits for it.
 *
 * <p>Used by the sink runner, which says what the sinks have done.
 */
final class GroupCommit {
  private enum Phase {
    IDLE,
    FLUSHING,
    COMMITTING,
    COMMITTING_REFUSING
  }

  private final SinkRunner.Wiring wiring;
  private final List<SinkAgent> sinks;
  private final Redelivery redelivery;
  private final DeadLetterWriter deadLetters;
  private final RecordLedger ledger;
  private final Refusals refusals;

  private Phase phase = Phase.IDLE;

  /** Whether the sources have come to their end. */
  private boolean completely;

  /** How many sinks the phase waits for. */
  private int pending;

  /** With what the dead letters are committed, and so the sinks. */
  private @Nullable Frontier frontier;

  /**
   * The sinks whose stores have refused rows that no commit has made known everywhere. They are
   * committed after all others and one after the other: after a crash between two commits they are
   * given those rows again and refuse them again, so that they count as dead-lettered. Otherwise
   * they would not be given them, and nobody would know.
   */
  private final Set<SinkAgent> refusing = new LinkedHashSet<>();

  /** Of the commit that is being made: those whose turn has not come. */
  private final ArrayDeque<SinkAgent> later = new ArrayDeque<>();

  GroupCommit(SinkRunner.Wiring wiring, List<SinkAgent> sinks, Redelivery redelivery) {
    this.wiring = wiring;
    this.sinks = sinks;
    this.redelivery = redelivery;
    this.deadLetters = wiring.deadLetters();
    this.ledger = wiring.ledger();
    this.refusals = new Refusals(wiring.multiplied(), wiring.intake().names());
  }

  // ------------------------------------------------------------------ the sequence

  /**
   * Begins one.
   *
   * @param completely whether the sources have come to their end
   */
  void begin(boolean completely) throws PipelineFailedException {
    this.completely = completely;
    phase = Phase.FLUSHING;
    pending = sinks.size();
    sinks.forEach(sink -> sink.give(new SinkAgent.Task.Flush()));
    goOn();
  }

  /** Goes on from phase to phase, until a sink has to be waited for. */
  private void goOn() throws PipelineFailedException {
    while (phase != Phase.IDLE && pending == 0) {
      switch (phase) {
        case IDLE -> {}
        case FLUSHING -> {
          commitDeadLetters();
          later.addAll(refusing);
          sinks.stream().filter(sink -> !refusing.contains(sink)).forEach(this::commit);
          phase = Phase.COMMITTING;
        }
        case COMMITTING, COMMITTING_REFUSING -> {
          if (later.isEmpty()) {
            acknowledge();
            phase = Phase.IDLE;
          } else {
            commit(later.remove());
            phase = Phase.COMMITTING_REFUSING;
          }
        }
      }
    }
  }

  /** Dead letters, with what stores have refused; again only if more was refused since. */
  private void commitDeadLetters() throws PipelineFailedException {
    Refusals.Taken refused = refusals.take(redelivery.batches());
    if (frontier != null && refused.rejections().isEmpty()) {
      return;
    }
    deadLetters.write(refused.rejections());
    ledger.refused(refused, wiring.intake().names());
    deadLetters.requireFew(ledger.writtenCounts(), completely);
    @Nullable WindowStage windows = wiring.windows();
    Frontier reached =
        windows == null
            ? ledger.frontier()
            // What an epoch holds is decided once, also where more is refused meanwhile.
            : frontier == null ? windows.commit(ledger::frontier, completely) : frontier;
    deadLetters.commit(wiring.identity(), reached, completely);
    frontier = reached;
  }

  private void commit(SinkAgent sink) {
    pending++;
    giveCommit(sink);
  }

  private void giveCommit(SinkAgent sink) {
    Frontier reached = Objects.requireNonNull(frontier);
    sink.give(
        new SinkAgent.Task.Commit(
            sink.resume().progress(wiring.identity(), reached, completely), completely));
  }

  /** Everything is durable everywhere: it counts, its slots are free, and the sources are told. */
  private void acknowledge() throws PipelineFailedException {
    frontier = null;
    refusals.committed();
    if (!refusing.isEmpty() && !ledger.isAnyRefusedBeyond()) {
      refusing.clear();
    }
    redelivery.committed(wiring.intake()::release);
    @Nullable WindowStage windows = wiring.windows();
    if (windows != null) {
      windows.settled();
    }
    List<AckTracker.Acknowledged> acknowledged = ledger.committed();
    wiring.latency().committed();
    // The source first: what is within the window counts from what it was told.
    acknowledged.forEach(wiring.acknowledged());
    wiring.intake().acknowledge(acknowledged);
  }

  // ------------------------------------------------------------------ what the sinks have done

  /** A sink has handed everything to its store. */
  void flushed(SinkAgent sink) throws PipelineFailedException {
    if (phase == Phase.FLUSHING) {
      pending--;
      goOn();
    } else { // It was away in its commit.
      commitDeadLetters();
      giveCommit(sink);
    }
  }

  /** The sink was given its rows again since it was flushed. */
  void reopened(SinkAgent sink) {
    sink.give(new SinkAgent.Task.Flush());
  }

  /** A sink is committed. */
  void committed(SinkAgent.Report.Done done) throws PipelineFailedException {
    if (!done.late().isEmpty()) { // What it has behind these waits for them.
      commitDeadLetters();
      giveCommit(done.sink());
      return;
    }
    pending--;
    goOn();
  }

  /** Takes in what the store of a sink has refused, during a commit or before. */
  void refused(SinkAgent.Report.Done done) {
    if (!done.refused().isEmpty()) {
      refusing.add(done.sink());
      refusals.add(done.sink().name(), done.refused());
    }
    refusals.addLate(done.sink().name(), done.late());
  }

  /** Functions have rejected records of a batch that the sinks have written. */
  void rejected(List<Rejected> rejected) {
    refusals.rejected(rejected);
  }

  // ------------------------------------------------------------------ for the sink runner

  /** Whether one is being made. */
  boolean isUnderway() {
    return phase != Phase.IDLE;
  }

  /** Whether so much was refused that a commit is due. */
  boolean isDue() {
    return refusals.isDue();
  }
}
