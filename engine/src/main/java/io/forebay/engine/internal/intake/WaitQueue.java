package io.forebay.engine.internal.intake;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.SourceMeter;
import io.forebay.engine.internal.measure.WaitMeter;
import io.forebay.internal.concurrent.Doorbell;
import java.util.LinkedHashSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that wait at the {@link Intake}: in line for room, or for credit. All calls come
 * under its {@code lock}, which a wait gives back meanwhile.
 *
 * <p>A freed slot wakes the first in line only; whoever leaves the lock while there is room and a
 * line wakes the next (a cascade), also if it leaves by an interrupt: no wake-up is lost, and ten
 * thousand sources are not woken for one slot. Those who come while others wait may pass {@link
 * #BURST} times, then they stand in line, too: nobody starves, and a thread is not woken for each
 * record.
 */
final class WaitQueue {
  /** How many records a partition may hand in past others that wait in line. */
  static final int BURST = 64;

  final ReentrantLock lock = new ReentrantLock();

  private final BooleanSupplier room;
  private final SourceMeter[] sources;
  private final Ticker ticker;
  private final Doorbell sinkRunner;

  /** Partitions without room, first come first. */
  @GuardedBy("lock")
  private final LinkedHashSet<Partition> withoutRoom = new LinkedHashSet<>();

  @GuardedBy("lock")
  private final LinkedHashSet<Partition> withoutCredit = new LinkedHashSet<>();

  /** The one partition that was woken because there is room and that has not come yet. */
  @GuardedBy("lock")
  private @Nullable Partition granted;

  @GuardedBy("lock")
  private boolean ended;

  /** The waits of all sources. */
  @GuardedBy("lock")
  private final WaitMeter forRoom = new WaitMeter();

  @GuardedBy("lock")
  private final WaitMeter forCredit = new WaitMeter();

  /**
   * @param room whether a record finds a place; asked under the lock
   * @param sources where the waits are measured
   * @param sinkRunner holds batches back while it has to commit at once, because credit is short
   */
  WaitQueue(BooleanSupplier room, SourceMeter[] sources, Ticker ticker, Doorbell sinkRunner) {
    this.room = room;
    this.sources = sources;
    this.ticker = ticker;
    this.sinkRunner = sinkRunner;
  }

  @GuardedBy("lock")
  private void beginWait(WaitMeter all, WaitMeter ofSource) {
    long now = ticker.nanos();
    all.begin(now);
    ofSource.begin(now);
  }

  @GuardedBy("lock")
  private void endWait(WaitMeter all, WaitMeter ofSource) {
    long now = ticker.nanos();
    all.end(now);
    ofSource.end(now);
  }

  /** Whether it is not this partition's turn, because others have waited for longer. */
  @GuardedBy("lock")
  boolean spendBurst(Partition partition) {
    if (withoutRoom.isEmpty()) {
      partition.burst = 0;
      return false;
    }
    return ++partition.burst > BURST;
  }

  /** Waits until it is this partition's turn; it is first in line again if it was already. */
  @GuardedBy("lock")
  void awaitTurn(Partition partition) throws InterruptedException {
    if (partition.granted) {
      settleGrant(partition);
      withoutRoom.addFirst(partition);
    } else {
      withoutRoom.addLast(partition);
    }
    beginWait(forRoom, sources[partition.source].room);
    try {
      grantNext();
      while (!partition.granted && !ended) {
        turn(partition).await();
      }
      partition.burst = 1;
    } finally {
      partition.turn = null;
      withoutRoom.remove(partition);
      endWait(forRoom, sources[partition.source].room);
    }
  }

  @GuardedBy("lock")
  private Condition turn(Partition partition) {
    Condition turn = partition.turn;
    if (turn == null) {
      turn = lock.newCondition();
      partition.turn = turn;
    }
    return turn;
  }

  /** From now on the partition waits for credit: whoever is woken after this sees it. */
  @GuardedBy("lock")
  void lacksCredit(Partition partition) {
    if (partition.granted) {
      settleGrant(partition);
      grantNext();
    }
    withoutCredit.add(partition);
    partition.waitsForCredit = true;
    beginWait(forCredit, sources[partition.source].credit);
  }

  /** Waits until records of a partition that lacks credit are acknowledged. */
  @GuardedBy("lock")
  void awaitCredit(Partition partition) throws InterruptedException {
    long unacknowledged = partition.unacknowledged;
    try {
      while (partition.unacknowledged >= unacknowledged && !ended) {
        turn(partition).await();
      }
    } finally {
      partition.turn = null;
      hasCredit(partition);
    }
  }

  /** The partition waits for credit no more. */
  @GuardedBy("lock")
  void hasCredit(Partition partition) {
    withoutCredit.remove(partition);
    partition.waitsForCredit = false;
    endWait(forCredit, sources[partition.source].credit);
    if (withoutCredit.isEmpty()) {
      sinkRunner.ring();
    }
  }

  /** Every way out of the monitor: a turn that was given is over, and the next may come. */
  @GuardedBy("lock")
  void leave(Partition partition) {
    if (partition.granted) {
      settleGrant(partition);
    }
    grantNext();
  }

  @GuardedBy("lock")
  private void settleGrant(Partition partition) {
    partition.granted = false;
    granted = null;
  }

  /** Wakes the first in line, if there is room. */
  @GuardedBy("lock")
  void grantNext() {
    if (granted == null && !withoutRoom.isEmpty() && room.getAsBoolean()) {
      Partition next = withoutRoom.removeFirst();
      next.granted = true;
      granted = next;
      next.signal();
    }
  }

  /** Nobody waits any more. */
  @GuardedBy("lock")
  void end() {
    ended = true;
    withoutRoom.forEach(Partition::signal);
    withoutCredit.forEach(Partition::signal);
  }

  /** How many partitions wait, for room or for credit. */
  @GuardedBy("lock")
  int waiting() {
    return withoutRoom.size() + withoutCredit.size();
  }

  /** Whether some partition cannot go on until something is acknowledged. */
  @GuardedBy("lock")
  boolean isShortOfCredit() {
    return !withoutCredit.isEmpty();
  }

  /** While at least one partition waited for room. */
  @GuardedBy("lock")
  long roomNanos(long now) {
    return forRoom.anyNanos(now);
  }

  /** While at least one partition waited for credit. */
  @GuardedBy("lock")
  long creditNanos(long now) {
    return forCredit.anyNanos(now);
  }
}
