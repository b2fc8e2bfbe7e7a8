package io.forebay.engine;

import io.forebay.Position;
import io.forebay.Rejection;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.slots.Slot;
import io.forebay.slots.StagedRow;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where sources meet the engine: a monitor around the {@link Forebay}.
 *
 * <p>Sources call {@link #append} and {@link #reject}, from up to ten thousands of virtual threads;
 * one thread at a time for each partition. The dispatcher calls {@link #poll}, the sink runner
 * {@link #release} and {@link #acknowledge}, anybody {@link #snapshot}. Everything is guarded by
 * {@code lock}; nothing under it does I/O, parses or waits for anything else.
 *
 * <p>Who finds no room waits in line. A freed slot wakes the first in line only; whoever leaves the
 * lock while there is room and a line wakes the next (a cascade), also if it leaves by an
 * interrupt: no wake-up is lost, and ten thousand sources are not woken for one slot. Those who
 * come while others wait may pass {@link #BURST} times, then they stand in line, too: nobody
 * starves, and a thread is not woken for each record.
 */
final class Intake {
  /** How many records a partition may hand in past others that wait in line. */
  static final int BURST = 64;

  private static final int SPINS = 16;

  private final ReentrantLock lock = new ReentrantLock();
  private final Forebay forebay;
  private final Ticker ticker;
  private final Doorbell dispatcher;
  private final Doorbell sinkRunner;
  private final SourceMeter[] sources;
  private final PartitionNames names = new PartitionNames();

  /** Partitions without room, first come first. */
  private final LinkedHashSet<Partition> line = new LinkedHashSet<>();

  /** The one partition that was woken because there is room and that has not come yet. */
  private @Nullable Partition granted;

  private final LinkedHashSet<Partition> withoutCredit = new LinkedHashSet<>();

  /** Rows of the open batch at which the dispatcher wants to be woken. */
  private int wakeAtRows = 1;

  private boolean wakeDispatcher;
  private boolean ended;
  private boolean complete;

  /** For a sink runner that need not be woken. */
  Intake(Forebay forebay, Ticker ticker, Doorbell dispatcher, int sources) {
    this(forebay, ticker, dispatcher, new Doorbell(), sources);
  }

  Intake(Forebay forebay, Ticker ticker, Doorbell dispatcher, Doorbell sinkRunner, int sources) {
    this.forebay = forebay;
    this.ticker = ticker;
    this.dispatcher = dispatcher;
    this.sinkRunner = sinkRunner;
    this.sources = new SourceMeter[sources];
    for (int i = 0; i < sources; i++) {
      this.sources[i] = new SourceMeter();
    }
  }

  // ------------------------------------------------------------------ sources

  /** Registers a partition. */
  Partition open(int source, String sourceName, String name, Position resumeFrom) {
    return openKey(source, sourceName, Partition.key(sourceName, name), resumeFrom);
  }

  /** Registers a partition of that {@link Partition#key}. */
  Partition openKey(int source, String sourceName, String key, Position resumeFrom) {
    lock.lock();
    try {
      if (names.hasKey(key)) {
        throw new IllegalStateException(
            "the source '"
                + sourceName
                + "' opened its partition '"
                + Partition.nameOf(key)
                + "' twice");
      }
      Partition partition = new Partition(names.size(), source, sourceName, key, resumeFrom);
      names.append(partition);
      sources[source].partitions++;
      return partition;
    } finally {
      lock.unlock();
    }
  }

  /** Hands in a row; blocks while there is no room or no credit. */
  void append(Partition partition, StagedRow row, long sequence, long offset)
      throws InterruptedException {
    handIn(partition, row, sequence, offset, "", Rejection.Text.NONE);
  }

  /** Hands in a record that cannot be read; blocks while there is no room or no credit. */
  void reject(Partition partition, long sequence, long offset, String reason, Rejection.Text text)
      throws InterruptedException {
    handIn(partition, null, sequence, offset, reason, text);
  }

  private void handIn(
      Partition partition,
      @Nullable StagedRow row,
      long sequence,
      long offset,
      String reason,
      Rejection.Text text)
      throws InterruptedException {
    boolean ring;
    acquire();
    try {
      checkOrder(partition, sequence);
      boolean wait = mustStandInLine(partition);
      while (true) {
        if (ended) {
          throw new InterruptedException("the pipeline takes no more records");
        }
        if (!wait) {
          Forebay.Outcome outcome =
              row == null
                  ? forebay.tryReject(partition, sequence, offset, reason, text)
                  : forebay.tryAppend(partition, row, sequence, offset);
          switch (outcome) {
            case TAKEN -> {
              taken(partition);
              return;
            }
            case NO_CREDIT -> awaitCredit(partition);
            case NO_ROOM -> wait = true;
          }
        }
        if (wait) {
          awaitTurn(partition);
          wait = false;
        }
      }
    } finally {
      leave(partition);
      ring = wakeDispatcher;
      wakeDispatcher = false;
      lock.unlock();
      if (ring) {
        dispatcher.ring();
      }
    }
  }

  private void acquire() {
    for (int spin = 0; spin < SPINS; spin++) {
      if (lock.tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    lock.lock();
  }

  private static void checkOrder(Partition partition, long sequence) {
    if (sequence <= partition.lastSequence) {
      throw new IllegalArgumentException(
          "the record "
              + sequence
              + " of "
              + partition.key
              + " came after record "
              + partition.lastSequence
              + ": sequences ascend");
    }
  }

  private boolean mustStandInLine(Partition partition) {
    if (line.isEmpty()) {
      partition.burst = 0;
      return false;
    }
    return ++partition.burst > BURST;
  }

  private void taken(Partition partition) {
    sources[partition.source].records++;
    InFlightBatch open = forebay.open();
    if (open == null || open.records == 1 || open.slot.rows() >= wakeAtRows) {
      wakeAtRows = Integer.MAX_VALUE;
      wakeDispatcher = true;
    }
  }

  /** Waits until it is this partition's turn; it is first in line again if it was already. */
  private void awaitTurn(Partition partition) throws InterruptedException {
    if (partition.granted) {
      settleGrant(partition);
      line.addFirst(partition);
    } else {
      line.addLast(partition);
    }
    sources[partition.source].beginWait(ticker.nanos());
    try {
      grantNext();
      while (!partition.granted && !ended) {
        turn(partition).await();
      }
      partition.burst = 1;
    } finally {
      partition.turn = null;
      line.remove(partition);
      sources[partition.source].endWait(ticker.nanos());
    }
  }

  private Condition turn(Partition partition) {
    Condition turn = partition.turn;
    if (turn == null) {
      turn = lock.newCondition();
      partition.turn = turn;
    }
    return turn;
  }

  /** Waits until records of the partition are acknowledged. */
  private void awaitCredit(Partition partition) throws InterruptedException {
    if (partition.granted) {
      settleGrant(partition);
      grantNext();
    }
    InFlightBatch open = forebay.open();
    if (open != null && partition.spanBatch == open.sequence) {
      forebay.closeOpen(); // What it waits for must not wait for company.
    }
    withoutCredit.add(partition);
    partition.waitsForCredit = true;
    sources[partition.source].beginWait(ticker.nanos());
    long unacknowledged = partition.unacknowledged;
    dispatcher.ring();
    sinkRunner.ring(); // All its records may be written: then they are committed at once.
    try {
      while (partition.unacknowledged >= unacknowledged && !ended) {
        turn(partition).await();
      }
    } finally {
      partition.turn = null;
      withoutCredit.remove(partition);
      partition.waitsForCredit = false;
      sources[partition.source].endWait(ticker.nanos());
    }
  }

  /** Every way out of the monitor: a turn that was given is over, and the next may come. */
  private void leave(Partition partition) {
    if (partition.granted) {
      settleGrant(partition);
    }
    grantNext();
  }

  private void settleGrant(Partition partition) {
    partition.granted = false;
    granted = null;
  }

  private void grantNext() {
    if (granted == null && !line.isEmpty() && forebay.hasRoom()) {
      Partition next = line.removeFirst();
      next.granted = true;
      granted = next;
      next.signal();
    }
  }

  /**
   * Takes no more records from now on: who waits here is interrupted.
   *
   * @param completely whether this is the end of all sources
   */
  void end(boolean completely) {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        complete = completely;
        forebay.closeOpen();
        line.forEach(Partition::signal);
        withoutCredit.forEach(Partition::signal);
      }
    } finally {
      lock.unlock();
    }
    dispatcher.ring();
  }

  /** Notes that a source has come to its end. */
  void finished(int source) {
    lock.lock();
    try {
      sources[source].finished = true;
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the dispatcher

  /**
   * Takes the next batch, if one is closed or due.
   *
   * @param rowLimit how many rows the next batches shall have
   * @param earlyRows with so many rows a batch goes at once, because a worker is idle
   * @param lingerNanos how long the oldest record of a batch may wait for others
   */
  @Nullable InFlightBatch poll(long now, int rowLimit, int earlyRows, long lingerNanos) {
    lock.lock();
    try {
      forebay.rowLimit(rowLimit);
      InFlightBatch open = forebay.open();
      if (open != null && isDue(open, now, earlyRows, lingerNanos)) {
        InFlightBatch batch = forebay.take();
        if (batch != null) {
          return batch;
        }
        forebay.closeOpen();
      }
      wakeAtRows = earlyRows;
      return forebay.take();
    } finally {
      lock.unlock();
    }
  }

  private static boolean isDue(InFlightBatch open, long now, int earlyRows, long lingerNanos) {
    return open.slot.rows() >= earlyRows
        || now - open.openedAt >= lingerNanos
        || (open.slot.rows() == 0 && earlyRows < Integer.MAX_VALUE);
  }

  /** When the open batch was opened; -1 if there is none. */
  long openedAt() {
    lock.lock();
    try {
      InFlightBatch open = forebay.open();
      return open == null ? -1 : open.openedAt;
    } finally {
      lock.unlock();
    }
  }

  /** Whether no record will come any more. */
  boolean isDrained() {
    lock.lock();
    try {
      return ended && forebay.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the sources came to their end by themselves. */
  boolean isComplete() {
    lock.lock();
    try {
      return complete;
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the sink runner

  /** Gives a slot back. */
  void release(Slot slot) {
    lock.lock();
    try {
      forebay.release(slot);
      grantNext();
    } finally {
      lock.unlock();
    }
  }

  /** Gives credit for acknowledged records back. */
  void acknowledge(List<AckTracker.Acknowledged> partitions) {
    lock.lock();
    try {
      for (AckTracker.Acknowledged acknowledged : partitions) {
        Partition partition = acknowledged.partition();
        forebay.acknowledge(partition, acknowledged.records());
        if (partition.waitsForCredit) {
          partition.signal();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many partitions wait, for room or for credit. */
  int waiting() {
    lock.lock();
    try {
      return line.size() + withoutCredit.size();
    } finally {
      lock.unlock();
    }
  }

  /** Whether some partition cannot go on until something is acknowledged. */
  boolean isShortOfCredit() {
    lock.lock();
    try {
      return !withoutCredit.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ anybody

  /** How many slots there are. */
  int slots() {
    return forebay.slots();
  }

  /** The keys of the partitions. */
  PartitionNames names() {
    return names;
  }

  /** What the intake has measured. */
  Snapshot snapshot(long now, long startedAt) {
    lock.lock();
    try {
      SourceMeter.Reading[] readings = new SourceMeter.Reading[sources.length];
      for (int i = 0; i < readings.length; i++) {
        readings[i] = sources[i].read(now, startedAt);
      }
      return new Snapshot(forebay.read(), forebay.freeSlots(), List.of(readings));
    } finally {
      lock.unlock();
    }
  }

  record Snapshot(long read, int freeSlots, List<SourceMeter.Reading> sources) {}
}
