package io.forebay.slots;

import io.forebay.Batch;
import io.forebay.RowShape;
import java.util.function.IntPredicate;

/**
 * One slot: the memory of one batch on its way through the pipeline. The byte layout is {@code
 * docs/specs/batch-layout.md}.
 *
 * <p>A slot belongs to one hand at a time (a source, the dispatcher, a worker, the sink runner);
 * handing it on needs a happens-before edge (a lock, a ring, a future), which is not this class's
 * business. Other processes may write into the memory at any time if they misbehave: every number
 * read from a slot that a worker had is checked before it is used.
 */
public final class Slot {
  /** The slot's number in its area. */
  public int number() {
    throw new UnsupportedOperationException();
  }

  // ------------------------------------------------------------------ filling, by the engine

  /** Empties the slot and lays it out for at most {@code rowLimit} rows, or as many as fit. */
  public void format(int rowLimit, long sequence) {
    throw new UnsupportedOperationException();
  }

  /**
   * Appends a row.
   *
   * @return false if there is no room; nothing was written then. An empty slot without room for the
   *     row tries a layout for this row alone first: false from an empty slot means that no slot
   *     can ever hold it
   */
  public boolean append(StagedRow row, int partition, long sequence) {
    throw new UnsupportedOperationException();
  }

  /** Rows in the slot now. */
  public int rows() {
    throw new UnsupportedOperationException();
  }

  /** Rows the slot's present layout has room for. */
  public int rowCapacity() {
    throw new UnsupportedOperationException();
  }

  /** The batch's number in the pipeline, as given to {@link #format}. */
  public long sequence() {
    throw new UnsupportedOperationException();
  }

  // ------------------------------------------------------------------ a stage's call

  /** The rows as stage {@code stage} sees them; {@code stages()} for the sinks' view. */
  public Batch view(int stage) {
    throw new UnsupportedOperationException();
  }

  /**
   * Begins a call of stage {@code stage}: clears its output columns, row marks and result.
   * Everything that the call returns is written through the returned writer.
   */
  public CallWriter beginCall(int stage, RowShape shape) {
    throw new UnsupportedOperationException();
  }

  /** The record in work, written before each record by functions over records; -1 for none. */
  public int crashCursor() {
    throw new UnsupportedOperationException();
  }

  /** Notes the record in work. */
  public void crashCursor(int row) {
    throw new UnsupportedOperationException();
  }

  // ------------------------------------------------------------------ results, by the engine

  /**
   * What the last call of {@code stage} returned, checked: counts, offsets, bounds and UTF-8 are
   * believed only after this.
   *
   * @throws CorruptSlotException if the slot holds nonsense
   */
  public CallResult result(int stage) {
    throw new UnsupportedOperationException();
  }

  /**
   * Leaves in the slot only the rows that {@code result} kept, in order, so that the next stage or
   * the sink sees nothing else; filtered and rejected rows are gone, emitted rows take their place.
   * In place; does nothing if every row was kept.
   *
   * @return false if the kept rows do not fit (only with emitted rows): nothing was changed
   */
  public boolean keep(CallResult result) {
    throw new UnsupportedOperationException();
  }

  /**
   * Cuts the batch: rows from {@code row} on are copied to the heap and taken out of the slot, for
   * a second part that goes through the slot after the first. Used where outputs do not fit and
   * where a worker died.
   */
  public SavedRows cut(int row) {
    throw new UnsupportedOperationException();
  }

  /** Empties the slot and puts the saved rows in. */
  public void restore(SavedRows saved) {
    throw new UnsupportedOperationException();
  }

  /** Leaves only rows for which {@code keep} holds; columns of stages before {@code stage} stay. */
  public void retain(int stage, IntPredicate keep) {
    throw new UnsupportedOperationException();
  }
}
