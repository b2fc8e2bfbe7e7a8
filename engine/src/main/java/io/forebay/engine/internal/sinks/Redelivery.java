package io.forebay.engine.internal.sinks;

import io.forebay.slots.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What is handed to sinks and not committed, kept for those whose store may be away: batches stay
 * in their slots until they are committed; the parts of a cut batch, whose slot goes on to the next
 * part, are copied. Bounded: {@link #isDue} asks for a commit when half of the slots are held, and
 * no more is copied than all slots hold. Used by the sink runner, except for {@link #isIncomplete}.
 */
public final class Redelivery {
  private static final int MOST_OF_WINDOWS = 1 << 16;

  private final int slots;
  private final List<SinkBatch> batches = new ArrayList<>();
  private final List<Slot> held = new ArrayList<>();

  /** Rows of windows, which are in no slot. */
  private int ofWindows;

  /** What is copied, in slots. */
  private double copied;

  private volatile boolean incomplete;

  /**
   * @param slots how many slots the forebay has; 0 where no sink needs anything again
   */
  public Redelivery(int slots) {
    this.slots = slots;
  }

  /** Whether anything is kept at all. */
  public boolean isNeeded() {
    return slots > 0;
  }

  /** Rows are given to the sinks: if they are a batch's last, its slot stays until the commit. */
  public void keep(SinkBatch rows) {
    batches.add(rows);
    if (rows.batch == null) {
      ofWindows += rows.rows();
    } else if (rows.last) {
      held.add(rows.batch.slot);
    }
  }

  /** Every sink has written a part, none has a task, and the slot is needed for the next part. */
  public void copy(SinkBatch part) {
    int capacity = Objects.requireNonNull(part.batch).slot.rowCapacity();
    copied += (double) part.rows() / Math.max(1, capacity);
    if (incomplete || copied > slots) {
      incomplete = true;
      batches.remove(part);
      return;
    }
    part.copy();
  }

  /** Whether so much is kept that a commit is due. */
  public boolean isDue() {
    return (!held.isEmpty() && 2 * held.size() >= slots) || ofWindows >= MOST_OF_WINDOWS;
  }

  /** Whether some of what was written is not kept, so that it cannot be written again. */
  boolean isIncomplete() {
    return incomplete;
  }

  /** Everything since the last commit, in the order in which it was handed to the sinks. */
  public List<SinkBatch> batches() {
    return batches;
  }

  /** Everything is committed everywhere. */
  public void committed(Consumer<Slot> release) {
    batches.clear();
    held.forEach(release);
    held.clear();
    copied = 0;
    ofWindows = 0;
    incomplete = false;
  }
}
