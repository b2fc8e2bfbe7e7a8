package io.forebay.slots;

import io.forebay.BatchWriter;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnWriter;
import io.forebay.errors.OutputOverflowException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * The {@link BatchWriter} of one call, and how the call ends. The header words that tell the engine
 * of the end are written last, by {@link #done} or {@link #overflowed}.
 *
 * <p>One object for each slot, stage and reply buffer, used for all calls. Belongs to one thread at
 * a time.
 */
public final class CallWriter implements BatchWriter {
  /** Output rows of {@link RowShape#ANY} are emptied in steps, of at least this many. */
  private static final int STEP_ROWS = 64;

  private final Slot slot;
  private final MemorySegment memory;
  private final int stage;
  private final Schema outputs;
  private final OutputColumns columns;
  private final RejectionArea rejections;

  private RowShape shape = RowShape.SAME;
  private int rows;
  private int marksAt;
  private int originsAt;
  private boolean marked;
  private boolean plain;

  private int emitted;
  private int lastOrigin;

  /** The row for whose reason there was no room, or -1. */
  private int unrejected;

  /** The rows of the part of the batch that the function has in work. */
  private int partFrom;

  private int partTo;

  /**
   * @param memory where the answer is written
   */
  CallWriter(Slot slot, SlotSchema schema, int stage, MemorySegment memory) {
    this.slot = slot;
    this.memory = memory;
    this.stage = stage;
    this.outputs = schema.outputs(stage);
    ColumnBuffer[] buffers = new ColumnBuffer[outputs.size()];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = slot.buffer(schema.firstOutput(stage) + i);
    }
    this.columns = new OutputColumns(memory, buffers);
    this.rejections = new RejectionArea(memory);
  }

  CallWriter begin(RowShape rowShape) {
    shape = rowShape;
    rows = slot.rows();
    marksAt = slot.places().marksAt;
    originsAt = slot.places().originsAt;
    rejections.begin(slot.places().rejectionsAt, slot.places().rejectionsBytes);
    marked = false;
    plain = false;
    if (shape == RowShape.ANY) {
      int capacity = slot.places().rowCapacity;
      columns.begin(capacity, Math.min(capacity, Math.max(rows, STEP_ROWS)));
    } else {
      columns.begin(rows, rows);
    }
    emitted = 0;
    lastOrigin = 0;
    unrejected = -1;
    partFrom = 0;
    partTo = rows;
    return this;
  }

  // ------------------------------------------------------------------ output columns

  @Override
  public ColumnWriter column(int index) {
    return columns.writer(index);
  }

  @Override
  public ColumnWriter column(String name) {
    return column(index(name));
  }

  int index(String name) {
    int index = outputs.indexOf(name);
    if (index < 0) {
      outputs.field(name);
    }
    return index;
  }

  // ------------------------------------------------------------------ rows

  @Override
  public void reject(int row, String reason) {
    reject(row, reason, "");
  }

  /**
   * As {@link #reject(int, String)}, with a stack trace or other evidence.
   *
   * @throws OutputOverflowException if there is no room for the reason: what is kept of it must not
   *     depend on how many other rows of the batch are rejected. Of a row that is alone the reason
   *     is cut
   */
  public void reject(int row, String reason, String detail) {
    reject(row, row, reason, detail);
  }

  /** Rejects a row of the batch, which the function that asks for it counts otherwise. */
  void reject(int row, int rowOfPart, String reason, String detail) {
    Objects.checkIndex(row, rows);
    if (marked && markOf(row) == SlotLayout.MARK_REJECTED) {
      return;
    }
    if (rows > 1 && !rejections.hasRoom(reason, detail)) {
      unrejected = row;
      throw new OutputOverflowException("reasons", rowOfPart);
    }
    mark(row, SlotLayout.MARK_REJECTED);
    rejections.add(row, reason, detail);
  }

  @Override
  public void filter(int row) {
    if (shape == RowShape.SAME) {
      throw new IllegalStateException(
          "the function filtered row "
              + row
              + " but declares RowShape.SAME: let rowShape() return FEWER");
    }
    Objects.checkIndex(row, rows);
    if (!marked || markOf(row) != SlotLayout.MARK_REJECTED) {
      mark(row, SlotLayout.MARK_FILTERED);
    }
  }

  private void mark(int row, byte mark) {
    if (!marked) {
      memory.asSlice(marksAt, rows).fill(SlotLayout.MARK_KEPT);
      marked = true;
    }
    memory.set(ValueLayout.JAVA_BYTE, marksAt + (long) row, mark);
  }

  private byte markOf(int row) {
    return memory.get(ValueLayout.JAVA_BYTE, marksAt + (long) row);
  }

  @Override
  public int emit(int row) {
    if (shape != RowShape.ANY) {
      throw new IllegalStateException(
          "the function emitted a row but declares RowShape."
              + shape
              + ": let rowShape() return ANY");
    }
    Objects.checkIndex(row, rows);
    if (row < lastOrigin) {
      throw new IllegalStateException(
          "the function emitted a row for row "
              + row
              + " after one for row "
              + lastOrigin
              + ": emit in ascending order");
    }
    if (emitted == columns.capacity()) {
      throw new OutputOverflowException("rows", row);
    }
    columns.reach(emitted);
    lastOrigin = row;
    memory.set(SlotLayout.INT, originsAt + 4L * emitted, row);
    return emitted++;
  }

  // ------------------------------------------------------------------ parts of the batch

  /** A writer for rows {@code from} on: row 0 of the slice is row {@code from} of the batch. */
  public BatchWriter slice(int from) {
    return slice(from, rows);
  }

  /** A writer for rows {@code from} to {@code to}; for the function that is given these rows. */
  public BatchWriter slice(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    partFrom = from;
    partTo = to;
    return new PartWriter(this, columns, shape, from, to - from);
  }

  /** Where the call stands, for {@link #rewind}. */
  public Mark mark() {
    return new Point(
        emitted, lastOrigin, rejections.entries(), rejections.textsAt(), columns.marks());
  }

  /**
   * Forgets everything written since {@code mark}: rows from the start of the {@link #slice} made
   * last (or of the batch, if there was none) are as before the call.
   */
  public void rewind(Mark mark) {
    Point point = (Point) mark;
    columns.rewind(shape == RowShape.ANY ? point.emitted : partFrom, point.writers);
    if (marked) {
      memory.asSlice(marksAt + (long) partFrom, rows - partFrom).fill(SlotLayout.MARK_KEPT);
    }
    emitted = point.emitted;
    lastOrigin = point.lastOrigin;
    unrejected = -1;
    rejections.rewind(point.entries, point.textsAt);
  }

  /**
   * The row of the batch at which the outputs stopped to fit.
   *
   * @param overflow what the function let pass, called with the batch or with the slice made last
   */
  public int overflowRow(OutputOverflowException overflow) {
    if (unrejected >= 0) {
      return unrejected;
    }
    if (shape == RowShape.ANY) {
      return lastOrigin;
    }
    return Math.clamp((long) partFrom + overflow.row(), 0, Math.max(0, partTo - 1));
  }

  /** A point within a call. */
  public interface Mark {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Point(int emitted, int lastOrigin, int entries, int textsAt, long[] writers)
      implements Mark {}

  // ------------------------------------------------------------------ the end

  /**
   * Ends the call well.
   *
   * @param serviceNanos time in the function
   * @param cpuNanos CPU time of it, -1 if it was not measured
   */
  public void done(long serviceNanos, long cpuNanos) {
    done(serviceNanos, cpuNanos, -1);
  }

  /**
   * As the other one.
   *
   * @param runDelayNanos how long the call could have run but had no core, -1 if it was not
   *     measured; without a CPU time it is left out
   */
  public void done(long serviceNanos, long cpuNanos, long runDelayNanos) {
    columns.finish(outputRows());
    if (shape == RowShape.ANY) {
      markFiltered();
    }
    int filtered = 0;
    int rejected = 0;
    if (marked) {
      for (int row = 0; row < rows; row++) {
        byte mark = markOf(row);
        filtered += mark == SlotLayout.MARK_FILTERED ? 1 : 0;
        rejected += mark == SlotLayout.MARK_REJECTED ? 1 : 0;
      }
    }
    plain = !marked && shape != RowShape.ANY && cpuNanos < 0;
    memory.set(SlotLayout.INT, SlotLayout.FILTERED_AT, filtered);
    memory.set(SlotLayout.INT, SlotLayout.REJECTED_AT, rejected);
    memory.set(SlotLayout.INT, SlotLayout.ENTRIES_AT, rejections.entries());
    memory.set(SlotLayout.LONG, SlotLayout.RUN_DELAY_NANOS_AT, runDelayNanos);
    end(SlotLayout.STATUS_DONE, -1, serviceNanos, cpuNanos);
  }

  /** Whether the call has ended well, with every row kept and no CPU time to tell. */
  boolean isPlain() {
    return plain;
  }

  /** Rows for which nothing was emitted are filtered. */
  private void markFiltered() {
    int next = 0;
    for (int i = 0; i <= emitted; i++) {
      int origin = i < emitted ? memory.get(SlotLayout.INT, originsAt + 4L * i) : rows;
      for (; next < origin; next++) {
        filter(next);
      }
      next = Math.max(next, origin + 1);
    }
  }

  /** Ends the call because output did not fit: rows before {@code row} did. */
  public void overflowed(int row, long serviceNanos) {
    memory.set(SlotLayout.LONG, SlotLayout.RUN_DELAY_NANOS_AT, -1);
    end(SlotLayout.STATUS_OVERFLOWED, row, serviceNanos, -1);
  }

  private int outputRows() {
    return shape == RowShape.ANY ? emitted : rows;
  }

  private void end(int status, int overflowRow, long serviceNanos, long cpuNanos) {
    memory.set(SlotLayout.INT, SlotLayout.ECHO_AT, slot.submission());
    memory.set(SlotLayout.INT, SlotLayout.STAGE_AT, stage);
    memory.set(SlotLayout.INT, SlotLayout.SHAPE_AT, SlotLayout.code(shape));
    memory.set(SlotLayout.INT, SlotLayout.ROWS_IN_AT, rows);
    memory.set(SlotLayout.INT, SlotLayout.OUTPUT_ROWS_AT, outputRows());
    memory.set(SlotLayout.INT, SlotLayout.OVERFLOW_ROW_AT, overflowRow);
    memory.set(SlotLayout.INT, SlotLayout.TEXTS_AT, rejections.textsAt());
    memory.set(SlotLayout.LONG, SlotLayout.SERVICE_NANOS_AT, serviceNanos);
    memory.set(SlotLayout.LONG, SlotLayout.CPU_NANOS_AT, cpuNanos);
    slot.status(status);
  }
}
