package io.forebay.engine.internal.windows;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.Batch;
import io.forebay.Rejection;
import io.forebay.engine.internal.batches.BatchFeed;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.batches.PartitionNames;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.ArrivalTimes;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.internal.rows.RowCopy;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of windows that are over, on their way through the stages behind: put into slots that
 * nothing else uses, so that they get through however many records wait.
 *
 * <pre>
 *  WindowStage ── add ──► rows ── poll ──► slot ──► stages behind ──► sink runner ── released
 *                                            ▲                                          │
 *                                            └──────────────────────────────────────────┘
 * </pre>
 *
 * <p>The sink runner adds and gives slots back, the dispatcher polls: what both use is guarded by
 * the lock.
 */
public final class WindowFeed implements BatchFeed {
  private static final int MOST_ROWS = 1 << 15;

  /**
   * The memory of the stages behind.
   *
   * @param schema of the slots
   * @param dispatcher is rung when there is something for the stages
   * @param partWritten is told that the sinks have a part of a batch that has more
   */
  public record Memory(
      List<Slot> slots,
      SlotSchema schema,
      Ticker ticker,
      Doorbell dispatcher,
      Consumer<InFlightBatch> partWritten) {}

  private final Memory memory;
  private final Partition partition;
  private final PartitionNames names;
  private final StagedRow staged;
  private final StagedRowWriter writer;
  private final String stage;

  /** Rows that have not come back; of the sink runner. */
  private int outstanding;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final ArrayDeque<Slot> free;

  @GuardedBy("lock")
  private final ArrayDeque<Batch> waiting = new ArrayDeque<>();

  /** How many rows of the first that wait are in a slot already. */
  @GuardedBy("lock")
  private int taken;

  @GuardedBy("lock")
  private long nextSequence;

  @GuardedBy("lock")
  private boolean ended;

  /**
   * @param stage the name of the stage that gathers windows
   */
  WindowFeed(Memory memory, Partition partition, PartitionNames names, String stage) {
    this.memory = memory;
    this.partition = partition;
    this.names = names;
    this.stage = stage;
    this.staged = new StagedRow(memory.schema);
    this.writer = new StagedRowWriter(staged);
    this.free = new ArrayDeque<>(memory.slots);
  }

  // ------------------------------------------------------------------ the sink runner

  /** Hands rows in. */
  public void add(List<Batch> rows) {
    lock.lock();
    try {
      for (Batch each : rows) {
        waiting.addLast(each);
        outstanding += each.rows();
      }
    } finally {
      lock.unlock();
    }
    memory.dispatcher.ring();
  }

  /** Whether all rows have come back. */
  public boolean isEmpty() {
    return outstanding == 0;
  }

  /** Whether so many rows are on their way that no more are to be made. */
  public boolean isFull() {
    return outstanding >= MOST_ROWS;
  }

  /** What the stages have made of the rows in the batch's slot. */
  public Batch result(InFlightBatch batch) {
    return batch.slot.view(memory.schema.stages());
  }

  /** A part of a batch has come back: the next one may go through its slot. */
  public void partWritten(InFlightBatch batch) {
    memory.partWritten.accept(batch);
  }

  /** Everything of a batch has come back. */
  public void release(InFlightBatch batch) {
    outstanding -= batch.records;
    lock.lock();
    try {
      free.addLast(batch.slot);
    } finally {
      lock.unlock();
    }
    memory.dispatcher.ring();
  }

  /** No more rows will come. */
  public void end() {
    lock.lock();
    try {
      ended = true;
    } finally {
      lock.unlock();
    }
    memory.dispatcher.ring();
  }

  // ------------------------------------------------------------------ the dispatcher

  /** Rows are handed on at once: those of many windows come together anyway. */
  @Override
  public @Nullable InFlightBatch poll(long now, int rowLimit, int earlyRows, long lingerNanos) {
    lock.lock();
    try {
      Slot slot = waiting.isEmpty() ? null : free.pollFirst();
      if (slot == null) {
        return null;
      }
      slot.format(rowLimit, nextSequence);
      InFlightBatch batch =
          new InFlightBatch(slot, nextSequence++, new ArrivalTimes(memory.ticker));
      fill(batch, rowLimit);
      batch.rowsAtClose = slot.rows();
      batch.arrivals.closed(batch.records);
      return batch;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void fill(InFlightBatch batch, int rowLimit) {
    for (Batch rows = waiting.peekFirst();
        rows != null && batch.records < rowLimit;
        rows = waiting.peekFirst()) {
      RowCopy.set(rows, taken, writer);
      long sequence = rows.sequence(taken);
      boolean fits = batch.slot.append(staged, partition.index, sequence);
      staged.clear();
      if (!fits) {
        if (batch.slot.rows() > 0) {
          return;
        }
        rejectLarge(batch, rows, taken);
      }
      batch.taken(partition, sequence, 0);
      partition.lastSequence = sequence;
      if (++taken == rows.rows()) {
        waiting.removeFirst();
        taken = 0;
      }
    }
  }

  private void rejectLarge(InFlightBatch batch, Batch rows, int row) {
    batch.reject(
        partition,
        rows.sequence(row),
        new Rejection(
            partition.sourceName,
            partition.name(),
            rows.sequence(row),
            stage,
            "the row of the window is larger than a slot, so no stage was given it: raise the slot"
                + " size of the forebay, or have windows of fewer records with a smaller size",
            "",
            new Rejection.Row(RowCopy.toHeap(rows, new int[] {row}), 0)));
  }

  @Override
  public long openedAt() {
    return -1;
  }

  @Override
  public boolean isDrained() {
    lock.lock();
    try {
      return ended && waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isComplete() {
    return true;
  }

  @Override
  public long roomWait(long now) {
    return 0;
  }

  @Override
  public PartitionNames names() {
    return names;
  }
}
