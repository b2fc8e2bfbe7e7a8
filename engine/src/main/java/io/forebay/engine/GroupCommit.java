package io.forebay.engine;

import io.forebay.Frontier;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes what the sinks have written durable, everywhere as one. They hand everything to their
 * stores; what those refuse goes to dead letter; dead letters are committed, then the sinks, with
 * the same frontier. Nothing is handed to the sinks meanwhile. Used by the sink runner, which says
 * what the sinks have done.
 */
final class GroupCommit {
  private final String identity;
  private final List<SinkLane> lanes;
  private final PartitionNames partitions;
  private final AckTracker acks;
  private final Letters letters;
  private final Account account;
  private final Refusals refusals;
  private final Redelivery redelivery;
  private final Supplier<Map<String, Long>> dropped;

  /**
   * The sinks whose stores have refused rows that no commit has made known everywhere. They are
   * committed after all others and one after the other: after a crash between two commits they are
   * given those rows again and refuse them again, so that they count as dead-lettered. Otherwise
   * they would not be given them, and nobody would know.
   */
  private final Set<SinkLane> refusing = new LinkedHashSet<>();

  /** Of the commit that is being made: those whose turn has not come. */
  private final ArrayDeque<SinkLane> later = new ArrayDeque<>();

  private boolean underway;
  private boolean completely;

  /** How many sinks have not handed everything to their stores, and how many not committed. */
  private int unflushed;

  private int uncommitted;

  /** With which the dead letters are committed. */
  private @Nullable Frontier frontier;

  GroupCommit(
      SinkRunner.Wiring wiring,
      List<SinkLane> lanes,
      AckTracker acks,
      Letters letters,
      Account account,
      Redelivery redelivery) {
    this.identity = wiring.identity();
    this.lanes = lanes;
    this.partitions = wiring.intake().names();
    this.acks = acks;
    this.letters = letters;
    this.account = account;
    this.refusals = new Refusals(wiring.multiplied(), partitions);
    this.redelivery = redelivery;
    this.dropped = wiring.dropped();
  }

  /** Whether one is being made. */
  boolean isUnderway() {
    return underway;
  }

  /** Whether so much was refused that a commit is due. */
  boolean isDue() {
    return refusals.isDue();
  }

  /** Functions have rejected records of a batch that the sinks have written. */
  void rejected(List<Rejected> rejected) {
    refusals.rejected(rejected);
  }

  /** Takes in what the store of a sink has refused, during a commit or before. */
  void refused(SinkLane.Report.Done done) {
    if (!done.refused().isEmpty()) {
      refusing.add(done.lane());
      refusals.add(done.lane().name(), done.refused());
    }
    refusals.addLate(done.lane().name(), done.late());
  }

  /**
   * Begins one.
   *
   * @param completely whether the sources have come to their end
   */
  void begin(boolean completely) throws PipelineFailedException {
    this.completely = completely;
    underway = true;
    unflushed = lanes.size();
    uncommitted = lanes.size();
    lanes.forEach(lane -> lane.give(new SinkLane.Task.Flush()));
    if (lanes.isEmpty()) {
      commitLetters();
      end();
    }
  }

  /** The sink was given its rows again since it was flushed. */
  void reopened(SinkLane lane) {
    unflushed++;
    lane.give(new SinkLane.Task.Flush());
  }

  /** A sink has handed everything to its store: it is committed once all have, and then alone. */
  void flushed(SinkLane lane) throws PipelineFailedException {
    boolean again = frontier != null;
    if (--unflushed > 0 && !again) {
      return;
    }
    commitLetters();
    if (again) {
      commit(lane);
      return;
    }
    lanes.stream().filter(each -> !refusing.contains(each)).forEach(this::commit);
    later.addAll(refusing);
    if (uncommitted == later.size()) {
      commit(later.remove());
    }
  }

  private void commit(SinkLane lane) {
    Frontier reached = Objects.requireNonNull(frontier);
    lane.give(new SinkLane.Task.Commit(identity, reached, completely));
  }

  /** A sink is committed. */
  void committed(SinkLane.Report.Done done) throws PipelineFailedException {
    if (!done.late().isEmpty()) { // What it has behind these waits for them.
      commitLetters();
      commit(done.lane());
      return;
    }
    uncommitted--;
    if (uncommitted == 0) {
      end();
    } else if (uncommitted == later.size()) {
      commit(later.remove());
    }
  }

  /** Dead letters, with what stores have refused; again only if more was refused since. */
  private void commitLetters() throws PipelineFailedException {
    Refusals.Letters refused = refusals.take(redelivery.handed());
    if (frontier != null && refused.letters().isEmpty()) {
      return;
    }
    letters.write(refused.letters());
    account.refused(refused);
    for (Tally.Key each : refused.direct()) {
      acks.refused(partitions.partition(each.partition()), each.sequence());
    }
    Frontier reached = acks.frontier(dropped.get());
    letters.commit(identity, reached, completely);
    frontier = reached;
  }

  private void end() {
    underway = false;
    frontier = null;
    refusals.committed();
    if (!refusing.isEmpty() && !acks.isAnyRefusedBeyond()) {
      refusing.clear();
    }
  }
}
