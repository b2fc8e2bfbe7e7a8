package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.slots.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What is written and not committed, kept for sinks whose store may be away: batches stay in their
 * slots until they are committed; the parts of a cut batch, whose slot goes on to the next part,
 * are copied. Bounded: {@link #isDue} asks for a commit when half of the slots are held, and no
 * more is copied than all slots hold. Used by the sink runner.
 */
final class Redelivery {
  /** Rows that were written to every sink, and the batch that they are of. */
  record Written(Batch rows, InFlightBatch batch) {}

  private final int slots;
  private final List<Written> written = new ArrayList<>();
  private final List<Slot> held = new ArrayList<>();

  /** What is copied, in slots. */
  private double copied;

  private boolean incomplete;

  /**
   * @param slots how many slots the forebay has; 0 where no sink needs anything again
   */
  Redelivery(int slots) {
    this.slots = slots;
  }

  /** Whether anything is kept at all. */
  boolean isNeeded() {
    return slots > 0;
  }

  /** The batch's only or last part is written: its slot stays until the commit. */
  void keep(Batch rows, InFlightBatch batch) {
    written.add(new Written(rows, batch));
    held.add(batch.slot);
  }

  /** A part is written and its slot is needed for the next one. */
  void copy(Batch rows, InFlightBatch batch) {
    copied += (double) rows.rows() / Math.max(1, batch.slot.rowCapacity());
    if (incomplete || copied > slots) {
      incomplete = true;
      return;
    }
    int[] all = IntStream.range(0, rows.rows()).toArray();
    written.add(new Written(HeapRows.copy(rows, all), batch));
  }

  /** Whether so much is kept that a commit is due. */
  boolean isDue() {
    return !held.isEmpty() && 2 * held.size() >= slots;
  }

  /** Whether some of what was written is not kept, so that it cannot be written again. */
  boolean isIncomplete() {
    return incomplete;
  }

  /** Everything since the last commit, in the order in which it was written. */
  List<Written> written() {
    return written;
  }

  /** Everything is committed everywhere. */
  void committed(Consumer<Slot> release) {
    written.clear();
    held.forEach(release);
    held.clear();
    copied = 0;
    incomplete = false;
  }
}
