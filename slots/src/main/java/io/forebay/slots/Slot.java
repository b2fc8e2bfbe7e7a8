package io.forebay.slots;

import io.forebay.Batch;
import io.forebay.RowShape;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One slot: the memory of one batch on its way through the pipeline. The byte layout is {@code
 * docs/specs/batch-layout.md}.
 *
 * <p>A slot has one owner at a time (a source, the dispatcher, a worker, the sink runner); handing
 * it on needs a happens-before edge (a lock, a ring, a future), which is not this class's business.
 * Other processes may write into the memory at any time if they misbehave: every number read from a
 * slot that a worker had is checked before it is used.
 *
 * <p>In the engine's process this object is the truth about the slot, and the header and directory
 * in shared memory are copies that {@link #publish} writes for a worker of another process. In a
 * worker ({@link SlotArea#attach}) this object reads what was published.
 *
 * <p>What is counted for a slot, and who looks at it:
 *
 * <table>
 *   <caption>The counters of a slot</caption>
 *   <tr><th>counter</th><th>changes when</th><th>tells</th></tr>
 *   <tr><td>{@link #sequence}</td><td>the slot is formatted</td>
 *       <td>the engine which batch of the pipeline this is</td></tr>
 *   <tr><td>{@link SlotHeader#submission}</td><td>a call is handed over or begins here</td>
 *       <td>a worker that there is something to load; the engine, by its echo, that an answer is
 *       to this call</td></tr>
 *   <tr><td>{@link Geometry#generation}</td><td>buffers are laid out anew</td>
 *       <td>that the directory has to be published</td></tr>
 *   <tr><td>{@link SlotContent#version}</td><td>rows or layout change, but for appended rows</td>
 *       <td>that anything has to be published</td></tr>
 *   <tr><td>a content's stamp</td><td>rows or values change</td>
 *       <td>views of columns that they are out of date</td></tr>
 *   <tr><td>trust, handed to {@link #publish}</td><td>a worker was lost or answered nonsense</td>
 *       <td>that shared memory may have been overwritten: all is published</td></tr>
 * </table>
 */
public final class Slot {
  private static final VarHandle INT = SlotLayout.INT.varHandle();

  private final int number;
  private final SlotSchema schema;
  private final MemorySegment memory;
  private final boolean attached;
  private final ColumnBuffer[] columns;
  private final Geometry.RowBuffers places = new Geometry.RowBuffers();
  private final SlotContent content;
  private final SlotHeader header;
  private final Reply reply;
  private final CallCheck check;
  private final @Nullable SlotBatch[] views;

  /** For each stage whether all its outputs are of fixed width and without nulls. */
  private final boolean[] plainOutputs;

  private long sequence;

  Slot(int number, MemorySegment memory, SlotSchema schema, boolean attached) {
    this.number = number;
    this.schema = schema;
    this.memory = memory;
    this.attached = attached;
    this.columns = columns(schema, attached, memory);
    this.content =
        new SlotContent(
            number,
            schema,
            columns,
            places,
            attached ? null : new Geometry(columns, places, memory.byteSize()));
    this.header = new SlotHeader(memory, columns, places);
    this.reply = new Reply(this, schema);
    this.views = new SlotBatch[schema.stages() + 1];
    this.plainOutputs = new boolean[schema.stages()];
    for (int stage = 0; stage < plainOutputs.length; stage++) {
      plainOutputs[stage] =
          schema.outputs(stage).fields().stream()
              .allMatch(field ->
                  !field.nullable() && field.type().width() >= 0 && !field.type().isTimestamp());
    }
    this.check = new CallCheck(this, schema);
  }

  /**
   * Refuses slots that have no room for the columns.
   *
   * @throws io.forebay.errors.ConfigurationException in one sentence
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
    content.format(rowLimit);
    this.sequence = sequence;
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
    return content.append(row, partition, sequence);
  }

  /** Rows in the slot now. */
  public int rows() {
    return content.rows();
  }

  /** Rows the slot's present layout has room for. */
  public int rowCapacity() {
    return content.rowCapacity();
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
    header.publish(content, sequence, trust);
  }

  /** In a worker: takes over what was published, unless it is known already. */
  private void load() {
    if (header.load(number, content)) {
      sequence = header.sequence();
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
      header.callHere();
      reply.here();
    }
    CallWriter writer = reply.writer(schema, stage);
    crashCursor(-1);
    status(SlotLayout.STATUS_RUNNING);
    return writer.begin(shape);
  }

  /** The record in work, written before each record by functions over records; -1 for none. */
  public int crashCursor() {
    return reply.crashCursor();
  }

  /** Notes the record in work. */
  public void crashCursor(int row) {
    reply.crashCursor(row);
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
      reply.to(number, buffer);
    } else {
      reply.to(buffer);
    }
  }

  /** By the engine: the next call's answer is written into the slot itself. */
  public void replyHere() {
    reply.here();
  }

  /** In a worker, after a call: what the reply buffer holds now, as a number. */
  public long sealReply(int stage) {
    return reply.seal(stage);
  }

  /**
   * By the engine: takes the answer over into the slot.
   *
   * @param seal what the worker says that the buffer held when the call had ended
   * @throws CorruptSlotException if it has changed since, or holds nonsense
   */
  public void takeReply(int stage, long seal) {
    reply.take(stage, seal);
  }

  // ------------------------------------------------------------------ results, by the engine

  /**
   * What the last call of {@code stage} returned, checked: counts, offsets, bounds and UTF-8 are
   * believed only after this.
   *
   * @throws CorruptSlotException if the slot holds nonsense
   */
  public CallResult result(int stage) {
    CallResult result = check.read(stage, header.submission());
    if (result.overflowRow() < 0) {
      content.computed(stage, result.rowsOut());
    } else if (check.ranOutOfRows()) {
      content.ranOutOfRows(result.overflowRow());
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
    CallWriter writer = reply.lastWriter(stage);
    return writer != null && writer.isPlain() && plainOutputs[stage] ? rows() : -1;
  }

  /**
   * As {@link #result}, where a worker has answered with nothing but the number of its rows.
   *
   * @throws CorruptSlotException if this cannot be
   */
  public CallResult plainResult(int stage, int plainRows, long serviceNanos) {
    if (plainRows != rows() || !plainOutputs[stage]) {
      throw new CorruptSlotException(
          "slot " + number + ": the worker claims to have kept " + plainRows + " of its rows");
    }
    content.computed(stage);
    return new CallResult(stage, plainRows, plainRows, 0, List.of(), -1, serviceNanos, -1);
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
    return result.keptAll() || content.keep(result, check);
  }

  /**
   * Cuts the batch: rows from {@code row} on are copied to the heap and taken out of the slot, for
   * a second part that goes through the slot after the first. Used where outputs do not fit and
   * where a worker died. The rows before stay where they are, so outputs that did fit fit again.
   */
  public SavedRows cut(int row) {
    return content.cut(row);
  }

  /** Empties the slot and puts the saved rows in. */
  public void restore(SavedRows saved) {
    content.restore(saved);
  }

  /**
   * Lays the rows out anew, so that the outputs of the stages to come have all the room that the
   * rows leave: for a row that is alone in the slot and whose outputs did not fit.
   *
   * @return false if this was done already: there is no more room in a slot
   */
  public boolean spread() {
    return content.spread(check.ranOutOfRows());
  }

  /** Makes the saved rows the content, at the places where the buffers are now. */
  void putBack(SavedRows saved) {
    content.putBack(saved);
  }

  /** Leaves only rows for which {@code keep} holds; columns of stages before {@code stage} stay. */
  public void retain(int stage, IntPredicate keep) {
    content.retain(stage, keep);
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
    return content.column(physical, attached);
  }

  void status(int status) {
    reply.status(status);
  }

  int status() {
    return (int) INT.getAcquire(memory, (long) SlotLayout.STATUS_AT);
  }

  int submission() {
    return header.submission();
  }

  Geometry.RowBuffers places() {
    return places;
  }
}
