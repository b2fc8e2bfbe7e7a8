package io.forebay.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.Position;
import io.forebay.Rejection;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.slots.Slot;
import io.forebay.slots.StagedRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where sources meet the engine: a monitor around the {@link Forebay}.
 *
 * <p>Sources call {@link #append} and {@link #reject}, from up to ten thousands of virtual threads;
 * one thread at a time for each partition. The dispatcher calls {@link #poll}, the sink runner
 * {@link #release} and {@link #acknowledge}, anybody {@link #snapshot}. Everything is guarded by
 * the lock of the {@link WaitingLine}, where who finds no room or credit waits; nothing under it
 * does I/O, parses or waits for anything else.
 */
final class Intake {
  private static final int SPINS = 16;

  private final Forebay forebay;
  private final Ticker ticker;
  private final Doorbell dispatcher;
  private final Doorbell sinkRunner;
  private final SourceMeter[] sources;
  private final PartitionNames names = new PartitionNames();
  private final WaitingLine line;

  /** Rows of the open batch at which the dispatcher wants to be woken. */
  @GuardedBy("line.lock")
  private int wakeAtRows = 1;

  @GuardedBy("line.lock")
  private boolean wakeDispatcher;

  @GuardedBy("line.lock")
  private boolean ended;

  @GuardedBy("line.lock")
  private boolean complete;

  Intake(Forebay forebay, Ticker ticker, Doorbell dispatcher, Doorbell sinkRunner, int sources) {
    this.forebay = forebay;
    this.ticker = ticker;
    this.dispatcher = dispatcher;
    this.sinkRunner = sinkRunner;
    this.sources = new SourceMeter[sources];
    for (int i = 0; i < sources; i++) {
      this.sources[i] = new SourceMeter();
    }
    this.line = new WaitingLine(forebay::hasRoom, this.sources, ticker, sinkRunner);
  }

  // ------------------------------------------------------------------ sources

  /** Registers a partition. */
  Partition open(int source, String sourceName, String name, Position resumeFrom) {
    return openKey(source, sourceName, Partition.key(sourceName, name), resumeFrom);
  }

  /** Registers a partition of that {@link Partition#key}. */
  Partition openKey(int source, String sourceName, String key, Position resumeFrom) {
    line.lock.lock();
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
      sources[source].opened();
      return partition;
    } finally {
      line.lock.unlock();
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

  @SuppressWarnings("GuardedBy") // acquire() takes the lock
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
      partition.checkFollows(sequence);
      boolean wait = line.mustStandInLine(partition);
      while (true) {
        if (ended) {
          throw new InterruptedException("the pipeline takes no more records");
        }
        if (!wait) {
          switch (attempt(partition, row, sequence, offset, reason, text)) {
            case TAKEN -> {
              return;
            }
            case NO_CREDIT -> line.awaitCredit(partition);
            case NO_ROOM -> wait = true;
          }
        }
        if (wait) {
          line.awaitTurn(partition);
          wait = false;
        }
      }
    } finally {
      line.leave(partition);
      ring = wakeDispatcher;
      wakeDispatcher = false;
      line.lock.unlock();
      if (ring) {
        dispatcher.ring();
      }
    }
  }

  /**
   * Hands in a row, or a record that cannot be read where that is null, without waiting: for a
   * simulation, whose sources come again. Who lacks credit waits for it until then.
   */
  Forebay.Outcome tryHandIn(
      Partition partition,
      @Nullable StagedRow row,
      long sequence,
      long offset,
      String reason,
      Rejection.Text text) {
    Forebay.Outcome outcome;
    boolean ring;
    line.lock.lock();
    try {
      if (partition.waitsForCredit) {
        line.hasCredit(partition);
      }
      outcome = attempt(partition, row, sequence, offset, reason, text);
      ring = wakeDispatcher;
      wakeDispatcher = false;
    } finally {
      line.lock.unlock();
    }
    if (ring) {
      dispatcher.ring();
    }
    return outcome;
  }

  @GuardedBy("line.lock")
  private Forebay.Outcome attempt(
      Partition partition,
      @Nullable StagedRow row,
      long sequence,
      long offset,
      String reason,
      Rejection.Text text) {
    Forebay.Outcome outcome =
        row == null
            ? forebay.tryReject(partition, sequence, offset, reason, text)
            : forebay.tryAppend(partition, row, sequence, offset);
    switch (outcome) {
      case TAKEN -> taken(partition);
      case NO_CREDIT -> lacksCredit(partition);
      case NO_ROOM -> {}
    }
    return outcome;
  }

  private void acquire() {
    for (int spin = 0; spin < SPINS; spin++) {
      if (line.lock.tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    line.lock.lock();
  }

  @GuardedBy("line.lock")
  private void taken(Partition partition) {
    sources[partition.source].taken(++partition.records);
    InFlightBatch open = forebay.open();
    if (open == null || open.records == 1 || open.slot.rows() >= wakeAtRows) {
      wakeAtRows = Integer.MAX_VALUE;
      wakeDispatcher = true;
    }
  }

  @GuardedBy("line.lock")
  private void lacksCredit(Partition partition) {
    InFlightBatch open = forebay.open();
    if (open != null && partition.spanBatch == open.sequence) {
      forebay.closeOpen(); // What it waits for must not wait for company.
    }
    line.lacksCredit(partition);
    dispatcher.ring();
    sinkRunner.ring(); // All its records may be written: then they are committed at once.
  }

  /**
   * Takes no more records from now on: who waits here is interrupted.
   *
   * @param completely whether this is the end of all sources
   */
  void end(boolean completely) {
    line.lock.lock();
    try {
      if (!ended) {
        ended = true;
        complete = completely;
        forebay.closeOpen();
        line.end();
      }
    } finally {
      line.lock.unlock();
    }
    dispatcher.ring();
  }

  /** Notes that a source has come to its end. */
  void finished(int source) {
    line.lock.lock();
    try {
      sources[source].finished(ticker.nanos());
    } finally {
      line.lock.unlock();
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
    line.lock.lock();
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
      line.lock.unlock();
    }
  }

  private static boolean isDue(InFlightBatch open, long now, int earlyRows, long lingerNanos) {
    return open.slot.rows() >= earlyRows
        || now - open.openedAt >= lingerNanos
        || (open.slot.rows() == 0 && earlyRows < Integer.MAX_VALUE);
  }

  /** When the open batch was opened; -1 if there is none. */
  long openedAt() {
    line.lock.lock();
    try {
      InFlightBatch open = forebay.open();
      return open == null ? -1 : open.openedAt;
    } finally {
      line.lock.unlock();
    }
  }

  /** Whether no record will come any more. */
  boolean isDrained() {
    line.lock.lock();
    try {
      return ended && forebay.isEmpty();
    } finally {
      line.lock.unlock();
    }
  }

  /** Whether the sources came to their end by themselves. */
  boolean isComplete() {
    line.lock.lock();
    try {
      return complete;
    } finally {
      line.lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the sink runner

  /** Gives a slot back. */
  void release(Slot slot) {
    line.lock.lock();
    try {
      forebay.release(slot);
      line.grantNext();
    } finally {
      line.lock.unlock();
    }
  }

  /** Gives credit for acknowledged records back. */
  void acknowledge(List<AckTracker.Acknowledged> partitions) {
    line.lock.lock();
    try {
      for (AckTracker.Acknowledged acknowledged : partitions) {
        Partition partition = acknowledged.partition();
        forebay.acknowledge(partition, acknowledged.records());
        if (partition.waitsForCredit) {
          partition.signal();
        }
      }
    } finally {
      line.lock.unlock();
    }
  }

  /** How many partitions wait, for room or for credit. */
  int waiting() {
    line.lock.lock();
    try {
      return line.waiting();
    } finally {
      line.lock.unlock();
    }
  }

  /** Whether some partition cannot go on until something is acknowledged. */
  boolean isShortOfCredit() {
    line.lock.lock();
    try {
      return line.isShortOfCredit();
    } finally {
      line.lock.unlock();
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
    line.lock.lock();
    try {
      SourceMeter.Reading[] readings = new SourceMeter.Reading[sources.length];
      for (int i = 0; i < readings.length; i++) {
        readings[i] = sources[i].read(now, startedAt);
      }
      return new Snapshot(
          forebay.read(),
          forebay.freeSlots(),
          line.roomNanos(now),
          line.creditNanos(now),
          List.of(readings));
    } finally {
      line.lock.unlock();
    }
  }

  /**
   * The intake at an instant.
   *
   * @param roomWait time in which at least one partition waited for room
   * @param creditWait time in which at least one waited for credit
   */
  record Snapshot(
      long read,
      int freeSlots,
      long roomWait,
      long creditWait,
      List<SourceMeter.Reading> sources) {}
}
