package io.forebay.engine.internal.intake;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.Position;
import io.forebay.Rejection;
import io.forebay.engine.internal.batches.BatchFeed;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.batches.PartitionNames;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.SourceMeter;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.slots.Slot;
import io.forebay.slots.StagedRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where sources meet the engine: a monitor around the {@link Forebay}. How a record gets in is up
 * to the {@link Admission}.
 *
 * <p>Sources call {@link #append} and {@link #reject}, from up to ten thousands of virtual threads;
 * one thread at a time for each partition. The dispatcher calls {@link #poll}, the sink runner
 * {@link #release} and {@link #acknowledge}, anybody {@link #snapshot}. Everything is guarded by
 * the lock of the {@link WaitQueue}, where who finds no room or credit waits; nothing under it does
 * I/O, parses or waits for anything else.
 */
public final class Intake implements BatchFeed {
  private final Forebay forebay;
  private final Ticker ticker;
  private final Doorbell dispatcher;
  private final SourceMeter[] sources;
  private final PartitionNames names = new PartitionNames();
  private final WaitQueue waiting;
  private final Admission admission;

  @GuardedBy("waiting.lock")
  private boolean complete;

  public Intake(
      Forebay forebay, Ticker ticker, Doorbell dispatcher, Doorbell sinkRunner, int sources) {
    this.forebay = forebay;
    this.ticker = ticker;
    this.dispatcher = dispatcher;
    this.sources = new SourceMeter[sources];
    for (int i = 0; i < sources; i++) {
      this.sources[i] = new SourceMeter();
    }
    this.waiting = new WaitQueue(forebay::hasRoom, this.sources, ticker, sinkRunner);
    this.admission = new Admission(forebay, waiting, this.sources, dispatcher, sinkRunner);
  }

  // ------------------------------------------------------------------ sources

  /** Registers a partition. */
  public Partition open(int source, String sourceName, String name, Position resumeFrom) {
    return openKey(source, sourceName, Partition.key(sourceName, name), resumeFrom);
  }

  /** Registers a partition of that {@link Partition#key}. */
  Partition openKey(int source, String sourceName, String key, Position resumeFrom) {
    waiting.lock.lock();
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
      waiting.lock.unlock();
    }
  }

  /** Registers the partition of the rows of windows. */
  public Partition openWindows() {
    waiting.lock.lock();
    try {
      Partition partition = Partition.ofWindows(names.size());
      names.append(partition);
      return partition;
    } finally {
      waiting.lock.unlock();
    }
  }

  /** Hands in a row; blocks while there is no room or no credit. */
  void append(Partition partition, StagedRow row, long sequence, long offset)
      throws InterruptedException {
    admission.handIn(partition, row, sequence, offset, "", Rejection.Text.NONE);
  }

  /** Hands in a record that cannot be read; blocks while there is no room or no credit. */
  void reject(Partition partition, long sequence, long offset, String reason, Rejection.Text text)
      throws InterruptedException {
    admission.handIn(partition, null, sequence, offset, reason, text);
  }

  /** See {@link Admission#tryHandIn}. */
  public Forebay.Outcome tryHandIn(
      Partition partition,
      @Nullable StagedRow row,
      long sequence,
      long offset,
      String reason,
      Rejection.Text text) {
    return admission.tryHandIn(partition, row, sequence, offset, reason, text);
  }

  /**
   * Takes no more records from now on: who waits here is interrupted.
   *
   * @param completely whether this is the end of all sources
   */
  public void end(boolean completely) {
    waiting.lock.lock();
    try {
      if (!admission.isEnded()) {
        complete = completely;
        forebay.closeOpen();
        admission.end();
      }
    } finally {
      waiting.lock.unlock();
    }
    dispatcher.ring();
  }

  /**
   * Notes that a source has come to its end.
   *
   * @param byItself whether nobody has asked it to, and it has not failed
   */
  public void finished(int source, boolean byItself) {
    waiting.lock.lock();
    try {
      sources[source].finished(ticker.nanos(), byItself);
    } finally {
      waiting.lock.unlock();
    }
  }

  /** How many records a source has handed in. */
  long records(int source) {
    waiting.lock.lock();
    try {
      return sources[source].records();
    } finally {
      waiting.lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the dispatcher

  @Override
  public @Nullable InFlightBatch poll(long now, int rowLimit, int earlyRows, long lingerNanos) {
    waiting.lock.lock();
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
      admission.wakeAt(earlyRows);
      return forebay.take();
    } finally {
      waiting.lock.unlock();
    }
  }

  private static boolean isDue(InFlightBatch open, long now, int earlyRows, long lingerNanos) {
    return open.slot.rows() >= earlyRows
        || now - open.arrivals.first() >= lingerNanos
        || (open.slot.rows() == 0 && earlyRows < Integer.MAX_VALUE);
  }

  @Override
  public long openedAt() {
    waiting.lock.lock();
    try {
      InFlightBatch open = forebay.open();
      return open == null ? -1 : open.arrivals.first();
    } finally {
      waiting.lock.unlock();
    }
  }

  @Override
  public boolean isDrained() {
    waiting.lock.lock();
    try {
      return admission.isEnded() && forebay.isEmpty();
    } finally {
      waiting.lock.unlock();
    }
  }

  @Override
  public boolean isComplete() {
    waiting.lock.lock();
    try {
      return complete;
    } finally {
      waiting.lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the sink runner

  /** Gives a slot back. */
  public void release(Slot slot) {
    waiting.lock.lock();
    try {
      forebay.release(slot);
      waiting.grantNext();
    } finally {
      waiting.lock.unlock();
    }
  }

  /** Gives credit for acknowledged records back. */
  public void acknowledge(List<AckTracker.Acknowledged> partitions) {
    waiting.lock.lock();
    try {
      for (AckTracker.Acknowledged acknowledged : partitions) {
        Partition partition = acknowledged.partition();
        forebay.acknowledge(partition, acknowledged.records());
        if (partition.waitsForCredit) {
          partition.signal();
        }
      }
    } finally {
      waiting.lock.unlock();
    }
  }

  /** How many partitions wait, for room or for credit. */
  int waiting() {
    waiting.lock.lock();
    try {
      return waiting.waiting();
    } finally {
      waiting.lock.unlock();
    }
  }

  /** Whether some partition cannot go on until something is acknowledged. */
  public boolean isShortOfCredit() {
    waiting.lock.lock();
    try {
      return waiting.isShortOfCredit();
    } finally {
      waiting.lock.unlock();
    }
  }

  /** How many sources there are. */
  public int sources() {
    return sources.length;
  }

  /** Whether the source has come to its end by itself. */
  public boolean isExhausted(int source) {
    waiting.lock.lock();
    try {
      return sources[source].isExhausted();
    } finally {
      waiting.lock.unlock();
    }
  }

  /** Whether nothing of the partition is on its way behind that record, nor waits here. */
  public boolean isSilent(Partition partition, long upTo) {
    waiting.lock.lock();
    try {
      return partition.lastSequence <= upTo
          && partition.turn == null
          && !partition.granted
          && !partition.waitsForCredit;
    } finally {
      waiting.lock.unlock();
    }
  }

  // ------------------------------------------------------------------ anybody

  /** How many slots there are. */
  public int slots() {
    return forebay.slots();
  }

  @Override
  public PartitionNames names() {
    return names;
  }

  @Override
  public long roomWait(long now) {
    waiting.lock.lock();
    try {
      return waiting.roomNanos(now);
    } finally {
      waiting.lock.unlock();
    }
  }

  /** What the intake has measured. */
  public Snapshot snapshot(long now, long startedAt) {
    waiting.lock.lock();
    try {
      SourceMeter.Reading[] readings = new SourceMeter.Reading[sources.length];
      for (int i = 0; i < readings.length; i++) {
        readings[i] = sources[i].read(now, startedAt);
      }
      return new Snapshot(
          forebay.read(),
          forebay.freeSlots(),
          waiting.roomNanos(now),
          waiting.creditNanos(now),
          List.of(readings));
    } finally {
      waiting.lock.unlock();
    }
  }

  /**
   * The intake at an instant.
   *
   * @param roomWait time in which at least one partition waited for room
   * @param creditWait time in which at least one waited for credit
   */
  public record Snapshot(
      long read,
      int freeSlots,
      long roomWait,
      long creditWait,
      List<SourceMeter.Reading> sources) {}
}
