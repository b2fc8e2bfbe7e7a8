package io.forebay.engine.internal.intake;

import io.forebay.Rejection;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.ArrivalTimes;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.StagedRow;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reservoir itself: free slots, the open batch, closed batches. Bounded because the slots are.
 * Never blocks and knows no threads: {@link Intake} guards it with a lock and waits where this says
 * that there is no room; a simulation drives it alone.
 */
public final class Forebay {
  /** What became of a record that was handed in. */
  public enum Outcome {
    /** It has its place in a batch. */
    TAKEN,
    /** No slot is free; try again when one was released. */
    NO_ROOM,
    /** Too many records of the partition are not acknowledged. */
    NO_CREDIT
  }

  /** A batch with this many rejections by sources is closed: they live on the heap. */
  static final int MOST_REJECTIONS = 1024;

  /**
   * A batch whose rejections hold this much text is closed: with the last one, it may be a quarter
   * more.
   */
  static final int MOST_REJECTED_CHARS = 1 << 18;

  private final Ticker ticker;
  private final long window;
  private final long slotBytes;
  private final int slots;
  private final ArrayDeque<Slot> free;
  private final ArrayDeque<InFlightBatch> closed = new ArrayDeque<>();
  private @Nullable InFlightBatch open;
  private int rowLimit = 1;
  private int openLimit;
  private long nextSequence;
  private long read;

  public Forebay(Ticker ticker, List<Slot> slots, long slotBytes, long window) {
    this.ticker = ticker;
    this.free = new ArrayDeque<>(slots);
    this.slotBytes = slotBytes;
    this.slots = slots.size();
    this.window = window;
  }

  /** Hands in a row. */
  public Outcome tryAppend(Partition partition, StagedRow row, long sequence, long offset) {
    if (partition.unacknowledged >= window) {
      return Outcome.NO_CREDIT;
    }
    InFlightBatch batch = openBatch();
    if (batch == null) {
      return Outcome.NO_ROOM;
    }
    if (!batch.slot.append(row, partition.index, sequence)) {
      if (batch.slot.rows() > 0) {
        closeOpen();
        batch = openBatch();
        if (batch == null) {
          return Outcome.NO_ROOM;
        }
      }
      if (!batch.slot.append(row, partition.index, sequence)) {
        String reason =
            "the record is larger than a slot of "
                + slotBytes
                + " bytes: "
                + (slotBytes < SlotArea.MAX_SLOT_BYTES
                    ? "raise the slot size of the forebay"
                    : "no slot is larger, make the record smaller");
        return reject(batch, partition, sequence, offset, reason, Rejection.Text.NONE);
      }
    }
    taken(batch, partition, sequence, offset);
    if (batch.slot.rows() >= openLimit) {
      closeOpen();
    }
    return Outcome.TAKEN;
  }

  /** Hands in a record that cannot be read. */
  Outcome tryReject(
      Partition partition, long sequence, long offset, String reason, Rejection.Text text) {
    if (partition.unacknowledged >= window) {
      return Outcome.NO_CREDIT;
    }
    InFlightBatch batch = openBatch();
    return batch == null
        ? Outcome.NO_ROOM
        : reject(batch, partition, sequence, offset, reason, text);
  }

  private Outcome reject(
      InFlightBatch batch,
      Partition partition,
      long sequence,
      long offset,
      String reason,
      Rejection.Text text) {
    batch.reject(
        partition,
        sequence,
        new Rejection(partition.sourceName, partition.name(), sequence, "", reason, "", text));
    taken(batch, partition, sequence, offset);
    if (batch.rejected.size() >= MOST_REJECTIONS || batch.rejectedChars() >= MOST_REJECTED_CHARS) {
      closeOpen();
    }
    return Outcome.TAKEN;
  }

  private void taken(InFlightBatch batch, Partition partition, long sequence, long offset) {
    batch.taken(partition, sequence, offset);
    partition.lastSequence = sequence;
    partition.unacknowledged++;
    read++;
  }

  private @Nullable InFlightBatch openBatch() {
    InFlightBatch batch = open;
    if (batch == null) {
      Slot slot = free.pollFirst();
      if (slot == null) {
        return null;
      }
      openLimit = rowLimit;
      slot.format(rowLimit, nextSequence);
      batch = new InFlightBatch(slot, nextSequence++, new ArrivalTimes(ticker));
      open = batch;
    }
    return batch;
  }

  /** Whether a record of usual size finds a place. */
  public boolean hasRoom() {
    return open != null || !free.isEmpty();
  }

  /** How many rows the batches to be opened shall have at most. */
  void rowLimit(int rows) {
    rowLimit = rows;
  }

  /** Closes the open batch, if there is one. */
  void closeOpen() {
    InFlightBatch batch = open;
    if (batch != null) {
      batch.rowsAtClose = batch.slot.rows();
      batch.arrivals.closed(batch.records);
      closed.addLast(batch);
      open = null;
    }
  }

  /** The open batch. */
  @Nullable InFlightBatch open() {
    return open;
  }

  /** Takes the oldest closed batch, if there is one. */
  @Nullable InFlightBatch take() {
    return closed.pollFirst();
  }

  /** Gives a slot back. */
  void release(Slot slot) {
    free.addLast(slot);
  }

  /** Gives credit for acknowledged records back. */
  void acknowledge(Partition partition, int records) {
    partition.unacknowledged -= records;
  }

  /** Records handed in. */
  public long read() {
    return read;
  }

  /** All slots. */
  int slots() {
    return slots;
  }

  public int freeSlots() {
    return free.size();
  }

  /** Whether no record waits here. */
  boolean isEmpty() {
    return open == null && closed.isEmpty();
  }
}
