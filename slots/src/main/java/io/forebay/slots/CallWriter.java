package io.forebay.slots;

import io.forebay.BatchWriter;
import io.forebay.BinaryWriter;
import io.forebay.BoolWriter;
import io.forebay.ColumnWriter;
import io.forebay.Float32Writer;
import io.forebay.Float64ListWriter;
import io.forebay.Float64Writer;
import io.forebay.Int32Writer;
import io.forebay.Int64Writer;
import io.forebay.OutputOverflowException;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.StringWriter;
import io.forebay.VariableWidthWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The {@link BatchWriter} of one call, and how the call ends. The header words that tell the engine
 * of the end are written last, by {@link #done} or {@link #overflowed}.
 *
 * <p>One object for each slot and stage, used for all calls. Output columns are emptied and their
 * writers made when they are first asked for in a call.
 */
public final class CallWriter implements BatchWriter {
  /** Output rows of {@link RowShape#ANY} are emptied in steps, of at least this many. */
  private static final int STEP_ROWS = 64;

  private final Slot slot;
  private final MemorySegment memory;
  private final int stage;
  private final Schema outputs;
  private final ColumnBuffer[] columns;
  private final @Nullable ColumnWriter[] writers;
  private final int[] writerMoves;
  private final int[] writerRows;
  private final boolean[] prepared;
  private final RejectionArea rejections;

  private RowShape shape = RowShape.SAME;
  private int rows;
  private int marksAt;
  private int originsAt;
  private boolean marked;

  /** Rows that the output columns can have. */
  private int outputCapacity;

  /** Output rows that were emptied. */
  private int emptied;

  private int emitted;
  private int lastOrigin;

  /** The rows of the part of the batch that the function has in work. */
  private int partFrom;

  private int partTo;

  CallWriter(Slot slot, SlotSchema schema, int stage) {
    this.slot = slot;
    this.memory = slot.memory();
    this.stage = stage;
    this.outputs = schema.outputs(stage);
    this.columns = new ColumnBuffer[outputs.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = slot.buffer(schema.firstOutput(stage) + i);
    }
    this.writers = new ColumnWriter[columns.length];
    this.writerMoves = new int[columns.length];
    this.writerRows = new int[columns.length];
    this.prepared = new boolean[columns.length];
    this.rejections = new RejectionArea(memory);
  }

  CallWriter begin(RowShape rowShape) {
    shape = rowShape;
    rows = slot.rows();
    marksAt = slot.marksAt();
    originsAt = slot.originsAt();
    rejections.begin(slot.rejectionsAt(), slot.rejectionsBytes());
    marked = false;
    outputCapacity = shape == RowShape.ANY ? slot.layoutRows() : rows;
    emptied = shape == RowShape.ANY ? Math.min(outputCapacity, Math.max(rows, STEP_ROWS)) : rows;
    emitted = 0;
    lastOrigin = 0;
    partFrom = 0;
    partTo = rows;
    for (int i = 0; i < prepared.length; i++) {
      prepared[i] = false;
    }
    return this;
  }

  // ------------------------------------------------------------------ output columns

  @Override
  public ColumnWriter column(int index) {
    return column(index, 0, outputCapacity);
  }

  @Override
  public ColumnWriter column(String name) {
    return column(index(name));
  }

  private int index(String name) {
    int index = outputs.indexOf(name);
    if (index < 0) {
      outputs.field(name);
    }
    return index;
  }

  /** The writer of the whole column; one of variable width takes rows of this window from now. */
  private ColumnWriter column(int index, int from, int count) {
    ColumnWriter writer = prepared[index] ? writers[index] : prepare(index);
    if (writer instanceof VariableWidthWriter variable) {
      variable.window(from, count);
    }
    return Objects.requireNonNull(writer);
  }

  private ColumnWriter prepare(int index) {
    ColumnBuffer column = columns[index];
    ColumnWriter writer = writers[index];
    if (writer == null
        || writerRows[index] != outputCapacity
        || writerMoves[index] != column.moves) {
      writer = create(column, 0, outputCapacity);
      writers[index] = writer;
      writerRows[index] = outputCapacity;
      writerMoves[index] = column.moves;
    } else if (writer instanceof VariableWidthWriter variable) {
      variable.rewind(0);
      memory.set(SlotLayout.INT, column.offsetsAt, 0);
    }
    empty(column, 0, emptied);
    prepared[index] = true;
    return writer;
  }

  private ColumnWriter create(ColumnBuffer column, int from, int count) {
    MemorySegment validity =
        column.field.nullable()
            ? memory.asSlice(column.validityAt, SlotLayout.bitmapBytes(from + (long) count))
            : null;
    if (column.isVariable()) {
      MemorySegment offsets = memory.asSlice(column.offsetsAt, 4L * (count + 1));
      MemorySegment data = memory.asSlice(column.dataAt, column.dataBytes);
      return switch (column.type) {
        case STRING -> new StringWriter(column.field, offsets, data, validity, 0);
        case BINARY -> new BinaryWriter(column.field, offsets, data, validity, 0);
        default -> new Float64ListWriter(column.field, offsets, data, validity, 0);
      };
    }
    if (column.width == 0) {
      MemorySegment bits =
          memory.asSlice(column.dataAt, SlotLayout.bitmapBytes(from + (long) count));
      return new BoolWriter(column.field, bits, validity, from);
    }
    MemorySegment data =
        memory.asSlice(column.dataAt + (long) column.width * from, (long) column.width * count);
    return switch (column.type) {
      case INT32 -> new Int32Writer(column.field, data, validity, from);
      case FLOAT32 -> new Float32Writer(column.field, data, validity, from);
      case FLOAT64 -> new Float64Writer(column.field, data, validity, from);
      default -> new Int64Writer(column.field, data, validity, from);
    };
  }

  private void empty(ColumnBuffer column, int from, int to) {
    if (column.field.nullable()) {
      Bits.clear(memory, column.validityAt, from, to);
    }
    if (column.width == 0) {
      Bits.clear(memory, column.dataAt, from, to);
    } else if (column.width > 0) {
      memory
          .asSlice(column.dataAt + (long) column.width * from, (long) column.width * (to - from))
          .fill((byte) 0);
    }
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

  private void reject(int row, int rowOfPart, String reason, String detail) {
    Objects.checkIndex(row, rows);
    if (marked && markOf(row) == SlotLayout.MARK_REJECTED) {
      return;
    }
    if (rows > 1 && !rejections.hasRoom(reason, detail)) {
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
    if (emitted == outputCapacity) {
      throw new OutputOverflowException("rows", row);
    }
    if (emitted == emptied) {
      int to = Math.min(outputCapacity, 2 * emptied);
      for (int i = 0; i < columns.length; i++) {
        if (prepared[i]) {
          empty(columns[i], emptied, to);
        }
      }
      emptied = to;
    }
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
    return new Part(this, from, to);
  }

  /** Where the call stands, for {@link #rewind}. */
  public Mark mark() {
    long[] places = new long[columns.length];
    for (int i = 0; i < places.length; i++) {
      if (prepared[i] && writers[i] instanceof VariableWidthWriter variable) {
        places[i] = variable.mark();
      }
    }
    return new Point(emitted, lastOrigin, rejections.entries(), rejections.textsAt(), places);
  }

  /**
   * Forgets everything written since {@code mark}: rows from the start of the {@link #slice} made
   * last (or of the batch, if there was none) are as before the call.
   */
  public void rewind(Mark mark) {
    Point point = (Point) mark;
    int from = shape == RowShape.ANY ? point.emitted : partFrom;
    int to = shape == RowShape.ANY ? Math.min(emptied, outputCapacity) : rows;
    for (int i = 0; i < columns.length; i++) {
      if (prepared[i]) {
        empty(columns[i], from, to);
        if (writers[i] instanceof VariableWidthWriter variable) {
          variable.rewind(point.places[i]);
        }
      }
    }
    if (marked) {
      memory.asSlice(marksAt + (long) partFrom, rows - partFrom).fill(SlotLayout.MARK_KEPT);
    }
    emitted = point.emitted;
    lastOrigin = point.lastOrigin;
    rejections.rewind(point.entries, point.textsAt);
  }

  /**
   * The row of the batch at which the outputs stopped to fit.
   *
   * @param overflow what the function let pass, called with the batch or with the slice made last
   */
  public int overflowRow(OutputOverflowException overflow) {
    if (shape == RowShape.ANY) {
      return lastOrigin;
    }
    return Math.clamp((long) partFrom + overflow.row(), 0, Math.max(0, partTo - 1));
  }

  /** A point within a call. */
  public interface Mark {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Point(int emitted, int lastOrigin, int entries, int textsAt, long[] places)
      implements Mark {}

  // ------------------------------------------------------------------ the end

  /**
   * Ends the call well.
   *
   * @param serviceNanos time in the function
   * @param cpuNanos CPU time of it, -1 if it was not measured
   */
  public void done(long serviceNanos, long cpuNanos) {
    for (int i = 0; i < columns.length; i++) {
      ColumnWriter writer = column(i, 0, outputCapacity);
      if (writer instanceof VariableWidthWriter variable) {
        variable.finish(outputRows());
      }
    }
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
    memory.set(SlotLayout.INT, SlotLayout.FILTERED_AT, filtered);
    memory.set(SlotLayout.INT, SlotLayout.REJECTED_AT, rejected);
    memory.set(SlotLayout.INT, SlotLayout.ENTRIES_AT, rejections.entries());
    end(SlotLayout.STATUS_DONE, -1, serviceNanos, cpuNanos);
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
    memory.set(SlotLayout.LONG, SlotLayout.SERVICE_NANOS_AT, serviceNanos);
    memory.set(SlotLayout.LONG, SlotLayout.CPU_NANOS_AT, cpuNanos);
    slot.status(status);
  }

  /** Writes the outputs of a part of the batch. */
  private static final class Part implements BatchWriter {
    private final CallWriter call;
    private final int from;
    private final int to;
    private final @Nullable ColumnWriter[] fixed;

    Part(CallWriter call, int from, int to) {
      this.call = call;
      this.from = from;
      this.to = to;
      this.fixed = new ColumnWriter[call.columns.length];
    }

    @Override
    public ColumnWriter column(int index) {
      if (call.shape == RowShape.ANY) {
        return call.column(index);
      }
      ColumnWriter whole = call.column(index, from, to - from);
      if (whole instanceof VariableWidthWriter) {
        return whole;
      }
      ColumnWriter writer = fixed[index];
      if (writer == null) {
        writer = call.create(call.columns[index], from, to - from);
        fixed[index] = writer;
      }
      return writer;
    }

    @Override
    public ColumnWriter column(String name) {
      return column(call.index(name));
    }

    @Override
    public void reject(int row, String reason) {
      call.reject(from + Objects.checkIndex(row, to - from), row, reason, "");
    }

    @Override
    public void filter(int row) {
      call.filter(from + Objects.checkIndex(row, to - from));
    }

    @Override
    public int emit(int row) {
      return call.emit(from + Objects.checkIndex(row, to - from));
    }
  }
}
