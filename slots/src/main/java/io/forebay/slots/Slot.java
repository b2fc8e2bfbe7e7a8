package io.forebay.slots;

import io.forebay.Batch;
import io.forebay.Column;
import io.forebay.ColumnType;
import io.forebay.RowShape;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One slot: the memory of one batch on its way through the pipeline. The byte layout is {@code
 * docs/specs/batch-layout.md}.
 *
 * <p>A slot belongs to one hand at a time (a source, the dispatcher, a worker, the sink runner);
 * handing it on needs a happens-before edge (a lock, a ring, a future), which is not this class's
 * business. Other processes may write into the memory at any time if they misbehave: every number
 * read from a slot that a worker had is checked before it is used.
 *
 * <p>In the engine's process this object is the truth about the slot, and the header and directory
 * in shared memory are copies that {@link #publish} writes for a worker of another process. In a
 * worker ({@link SlotArea#attach}) this object reads what was published.
 */
public final class Slot {
  private static final double MAX_EXPANSION = 1 << 20;
  private static final VarHandle INT = SlotLayout.INT.varHandle();

  private final int number;
  private final SlotSchema schema;
  private final MemorySegment memory;
  private final boolean attached;
  private final ColumnBuffer[] columns;
  private final RowBuffers places = new RowBuffers();
  private final RowAppender appender;
  private final @Nullable Geometry geometry;
  private final @Nullable SlotBatch[] views;

  /** For each stage the writers of its calls, by the reply buffer that they write into. */
  private final @Nullable CallWriter[][] writers;

  private final CallCheck check;
  private final ReplyCopy replyCopy;
  private final SlotHeader header;

  /** Where a worker writes: this slot, or with the same places a buffer of the worker's own. */
  private MemorySegment reply;

  private int replyBuffer;

  /** For each stage whether all its outputs are of fixed width and without nulls. */
  private final boolean[] plainOutputs;

  private int rows;
  private int rowLimit;
  private long sequence;
  private int submission;

  /** Changes whenever the content does, so that views of strings are made anew. */
  private int stamp;

  /** Changes whenever anything changes that {@link #publish} writes, but for appended rows. */
  private int content;

  /** What was the case when the slot was published. */
  private int published = -1;

  private int publishedRows;
  private int publishedColumns;
  private int publishedTrust;

  /** Stages whose outputs are in the slot. */
  private int stagesDone;

  private boolean wasFull;
  private boolean learned = true;
  private boolean spread;

  /** Output rows for each input row, at most, of the batches before. */
  private double expansion = 1;

  Slot(int number, MemorySegment memory, SlotSchema schema, boolean attached) {
    this.number = number;
    this.schema = schema;
    this.memory = memory;
    this.attached = attached;
    this.columns = columns(schema, attached, memory);
    this.appender = new RowAppender(schema, columns);
    this.geometry = attached ? null : new Geometry(columns, places, memory.byteSize());
    this.views = new SlotBatch[schema.stages() + 1];
    this.writers = new CallWriter[schema.stages()][1];
    this.plainOutputs = new boolean[schema.stages()];
    for (int stage = 0; stage < plainOutputs.length; stage++) {
      plainOutputs[stage] =
          schema.outputs(stage).fields().stream()
              .allMatch(field ->
                  !field.nullable() && field.type().width() >= 0 && !field.type().isTimestamp());
    }
    this.check = new CallCheck(this, schema);
    this.header = new SlotHeader(memory, columns, places);
    this.reply = memory;
    this.replyCopy = new ReplyCopy(this, schema);
  }

  /**
   * Refuses slots that have no room for the columns.
   *
   * @throws io.forebay.ConfigurationException in one sentence
   */
  static void checkRoom(SlotSchema schema, long slotBytes) {
    Geometry.checkRoom(columns(schema, false, MemorySegment.NULL), slotBytes);
  }

  private static ColumnBuffer[] columns(SlotSchema schema, boolean attached, MemorySegment memory) {
    ColumnBuffer[] columns = new ColumnBuffer[schema.size()];
    MemorySegment readOnly = memory.asReadOnly();
    int inputs = schema.columnsBefore(0);
    for (int i = 0; i < columns.length; i++) {
      boolean repeats =
          !attached
              && i < inputs
              && i >= schema.firstInput()
              && schema.column(i).type() == ColumnType.STRING;
      columns[i] = new ColumnBuffer(schema.column(i), i >= inputs, repeats, memory, readOnly);
    }
    return columns;
  }

  /** The slot's number in its area. */
  public int number() {
    return number;
  }

  // ------------------------------------------------------------------ filling, by the engine

  /** Empties the slot and lays it out for at most {@code rowLimit} rows, or as many as fit. */
  public void format(int rowLimit, long sequence) {
    if (rowLimit < 1) {
      throw new IllegalArgumentException("a batch of " + rowLimit + " rows");
    }
    learn();
    learned = false;
    spread = false;
    for (ColumnBuffer column : columns) {
      column.reset();
    }
    geometry().fit(rowLimit, expansion, wasFull);
    this.rowLimit = rowLimit;
    this.sequence = sequence;
    this.wasFull = false;
    rows = 0;
    stagesDone = 0;
    changed();
  }

  /** Learns from the rows that were appended what rows need, before any is taken out. */
  private void learn() {
    if (!learned) {
      learned = true;
      int inputs = schema.columnsBefore(0);
      for (int i = 0; i < inputs; i++) {
        columns[i].observe(rows);
      }
    }
  }

  /**
   * Appends a row.
   *
   * @return false if there is no room; nothing was written then. An empty slot without room for the
   *     row tries a layout for this row alone first: false from an empty slot means that no slot
   *     can ever hold it
   * @throws IllegalStateException if a field that is not nullable is not set
   */
  public boolean append(StagedRow row, int partition, long sequence) {
    int at = rows;
    if (at >= rowCapacity() || row.oversized) {
      return false;
    }
    if (!appender.admits(row)) {
      wasFull = true;
      boolean fits =
          at == 0
              && geometry().fitExactly(1, expansion, appender.bytes(row))
              && appender.admits(row);
      if (!fits) {
        return false;
      }
    }
    appender.put(at, row, partition, sequence);
    rows = at + 1;
    return true;
  }

  /** Rows in the slot now. */
  public int rows() {
    return rows;
  }

  /** Rows the slot's present layout has room for. */
  public int rowCapacity() {
    return Math.min(rowLimit, places.rowCapacity);
  }

  /** The batch's number in the pipeline, as given to {@link #format}. */
  public long sequence() {
    return sequence;
  }

  // ------------------------------------------------------------------ a stage's call

  /**
   * Writes into shared memory what a worker of another process needs to find the rows: header,
   * directory, offsets. To be called before every time that the slot is handed to another process
   * (also when it is handed over again because a worker was lost: this mends what that worker may
   * have overwritten). Calls within the engine's process do not need it.
   *
   * @param trust another number than before if a worker was lost or has answered nonsense since:
   *     then everything is written anew, otherwise only what has changed
   */
  public void publish(int trust) {
    submission++;
    int withContent = schema.columnsBefore(stagesDone);
    if (content == published
        && rows == publishedRows
        && withContent == publishedColumns
        && trust == publishedTrust) {
      header.publishAgain(submission);
      return;
    }
    header.publish(geometry().generation, sequence, submission, rows, withContent, trust);
    published = content;
    publishedRows = rows;
    publishedColumns = withContent;
    publishedTrust = trust;
  }

  /** In a worker: takes over what was published, unless it is known already. */
  private void load() {
    if (header.publishedSubmission() != submission) {
      header.load(number);
      rows = header.rows();
      rowLimit = header.rowCapacity();
      sequence = header.sequence();
      submission = header.submission();
      changed();
    }
  }

  /** The rows as stage {@code stage} sees them; {@code stages()} for the sinks' view. */
  public Batch view(int stage) {
    if (attached) {
      load();
    }
    SlotBatch view = views[stage];
    if (view == null) {
      view = new SlotBatch(this, schema, stage);
      views[stage] = view;
    }
    return view;
  }

  /**
   * Begins a call of stage {@code stage}: clears its output columns, row marks and result.
   * Everything that the call returns is written through the returned writer.
   */
  public CallWriter beginCall(int stage, RowShape shape) {
    if (attached) {
      load();
    } else {
      submission++;
      reply = memory;
    }
    CallWriter writer = writers[stage][replyBuffer];
    if (writer == null) {
      writer = new CallWriter(this, schema, stage, reply);
      writers[stage][replyBuffer] = writer;
    }
    crashCursor(-1);
    status(SlotLayout.STATUS_RUNNING);
    return writer.begin(shape);
  }

  /** The record in work, written before each record by functions over records; -1 for none. */
  public int crashCursor() {
    return (int) INT.getOpaque(reply, (long) SlotLayout.CURSOR_AT);
  }

  /** Notes the record in work. */
  public void crashCursor(int row) {
    INT.setOpaque(reply, (long) SlotLayout.CURSOR_AT, row);
  }

  // ------------------------------------------------------------------ replies elsewhere

  /**
   * The next call's answer is written into a buffer of the worker's own, at the same places; the
   * worker then has no access to the slot but for reading.
   *
   * @param number of the buffer among the worker's, from 0; in the engine any
   * @param buffer of the slot's size
   */
  public void replyTo(int number, MemorySegment buffer) {
    if (attached) {
      if (number >= writers[0].length) {
        for (int stage = 0; stage < writers.length; stage++) {
          writers[stage] = Arrays.copyOf(writers[stage], number + 1);
        }
      }
      replyBuffer = number;
    } else {
      buffer.set(SlotLayout.INT, SlotLayout.STATUS_AT, SlotLayout.STATUS_NONE);
      buffer.set(SlotLayout.INT, SlotLayout.CURSOR_AT, -1);
    }
    reply = buffer;
  }

  /** By the engine: the next call's answer is written into the slot itself. */
  public void replyHere() {
    reply = memory;
  }

  /** In a worker, after a call: what the reply buffer holds now, as a number. */
  public long sealReply(int stage) {
    return replyCopy.sum(reply, stage);
  }

  /**
   * By the engine: takes the answer over into the slot.
   *
   * @param seal what the worker says that the buffer held when the call had ended
   * @throws CorruptSlotException if it has changed since, or holds nonsense
   */
  public void takeReply(int stage, long seal) {
    replyCopy.take(reply, stage, seal);
    reply = memory;
  }

  // ------------------------------------------------------------------ results, by the engine

  /**
   * What the last call of {@code stage} returned, checked: counts, offsets, bounds and UTF-8 are
   * believed only after this.
   *
   * @throws CorruptSlotException if the slot holds nonsense
   */
  public CallResult result(int stage) {
    CallResult result = check.read(stage, submission);
    if (result.overflowRow() < 0) {
      stagesDone = stage + 1;
      changed();
      if (result.rowsOut() > rows && rows > 0) {
        expansion = Math.max(expansion, (double) result.rowsOut() / rows);
      }
    } else if (check.ranOutOfRows()) {
      double seen = (double) places.rowCapacity / Math.max(1, result.overflowRow());
      expansion = Math.min(MAX_EXPANSION, Math.max(seen, 2 * expansion));
    }
    return result;
  }

  /**
   * In a worker, after a call: the number of rows, if all of them were kept and only columns of
   * fixed width without nulls and times, which are checked, were written, whose CPU time was not
   * measured; otherwise -1. That number is then all that the engine has to know ({@link
   * #plainResult}).
   */
  public int plainRows(int stage) {
    CallWriter writer = writers[stage][replyBuffer];
    return writer != null && writer.isPlain() && plainOutputs[stage] ? rows : -1;
  }

  /**
   * As {@link #result}, where a worker has answered with nothing but the number of its rows.
   *
   * @throws CorruptSlotException if this cannot be
   */
  public CallResult plainResult(int stage, int plainRows, long serviceNanos) {
    if (plainRows != rows || !plainOutputs[stage]) {
      throw new CorruptSlotException(
          "slot " + number + ": the worker claims to have kept " + plainRows + " of its rows");
    }
    stagesDone = stage + 1;
    stamp++;
    return new CallResult(stage, rows, rows, 0, List.of(), -1, serviceNanos, -1);
  }

  /**
   * Leaves in the slot only the rows that {@code result} kept, in order, so that the next stage or
   * the sink sees nothing else; filtered and rejected rows are gone, emitted rows take their place.
   * In place; does nothing if every row was kept.
   *
   * @return false if the kept rows do not fit (only with emitted rows): the rows are as before the
   *     call, which has to be repeated with fewer of them
   */
  public boolean keep(CallResult result) {
    if (result.keptAll()) {
      return true;
    }
    learn();
    int[] outputs = check.keptOutputs(result);
    int[] inputs = check.keptInputs(outputs);
    int first = schema.firstOutput(result.stage());
    if (!RowGather.fits(columns, first, inputs)) {
      stagesDone = result.stage();
      return false;
    }
    for (int i = 0; i < first; i++) {
      RowGather.gather(columns[i], inputs, rows);
    }
    int end = schema.columnsBefore(result.stage() + 1);
    for (int i = first; i < end; i++) {
      RowGather.gather(columns[i], outputs, check.outputRows());
    }
    rows = inputs.length;
    changed();
    return true;
  }

  /**
   * Cuts the batch: rows from {@code row} on are copied to the heap and taken out of the slot, for
   * a second part that goes through the slot after the first. Used where outputs do not fit and
   * where a worker died. The rows before stay where they are, so outputs that did fit fit again.
   */
  public SavedRows cut(int row) {
    Objects.checkIndex(row, rows + 1);
    learn();
    int live = schema.columnsBefore(stagesDone);
    SavedRows rest = SavedRows.of(columns, live, stagesDone, row, rows);
    for (int i = 0; i < live; i++) {
      columns[i].truncate(row);
    }
    rows = row;
    changed();
    return rest;
  }

  /** Empties the slot and puts the saved rows in. */
  public void restore(SavedRows saved) {
    spread = false;
    put(saved, expansion);
  }

  /**
   * Lays the rows out anew, so that the outputs of the stages to come have all the room that the
   * rows leave: for a row that is alone in the slot and whose outputs did not fit.
   *
   * @return false if this was done already: there is no more room in a slot
   */
  public boolean spread() {
    if (spread) {
      return false;
    }
    learn();
    put(
        SavedRows.of(columns, schema.columnsBefore(stagesDone), stagesDone, 0, rows),
        check.ranOutOfRows() ? MAX_EXPANSION : expansion);
    spread = true;
    return true;
  }

  private void put(SavedRows saved, double rowsOutForEach) {
    for (ColumnBuffer column : columns) {
      column.reset();
    }
    if (!geometry().fitExactly(saved.rows(), rowsOutForEach, saved.bytes(columns.length))) {
      throw new IllegalStateException("slot " + number + " has no room for rows that it had");
    }
    putBack(saved);
    rowLimit = places.rowCapacity;
  }

  /** Makes the saved rows the content, at the places where the buffers are now. */
  void putBack(SavedRows saved) {
    saved.putInto(columns);
    rows = saved.rows();
    stagesDone = saved.stagesDone();
    learned = true;
    changed();
  }

  /** Leaves only rows for which {@code keep} holds; columns of stages before {@code stage} stay. */
  public void retain(int stage, IntPredicate keep) {
    learn();
    int[] kept = new int[rows];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      if (keep.test(row)) {
        kept[count++] = row;
      }
    }
    if (count == rows) {
      return;
    }
    kept = Arrays.copyOf(kept, count);
    int end = schema.columnsBefore(stage);
    for (int i = 0; i < end; i++) {
      RowGather.gather(columns[i], kept, rows);
    }
    rows = count;
    changed();
  }

  private void changed() {
    stamp++;
    content++;
  }

  // ------------------------------------------------------------------ within the package

  SlotSchema schema() {
    return schema;
  }

  MemorySegment memory() {
    return memory;
  }

  ColumnBuffer buffer(int physical) {
    return columns[physical];
  }

  Column column(int physical) {
    return columns[physical].view(rows, stamp, attached);
  }

  void status(int status) {
    INT.setRelease(reply, (long) SlotLayout.STATUS_AT, status);
  }

  int status() {
    return (int) INT.getAcquire(memory, (long) SlotLayout.STATUS_AT);
  }

  int submission() {
    return submission;
  }

  RowBuffers places() {
    return places;
  }

  private Geometry geometry() {
    if (geometry == null) {
      throw new IllegalStateException("slot " + number + " belongs to another process");
    }
    return geometry;
  }
}
