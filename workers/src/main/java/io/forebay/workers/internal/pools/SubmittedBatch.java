package io.forebay.workers.internal.pools;

import io.forebay.slots.CallResult;
import io.forebay.slots.Slot;
import io.forebay.workers.api.BatchResult;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.CallException.Kind;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.Repeat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch that was submitted to a {@code BatchPool}, in its slot. A row that has cost its workers
 * is taken out and reported, and the others go again. Used as {@link SlotCall} says.
 */
public final class SubmittedBatch implements SlotCall.Content {
  private final StandalonePool pool;
  private final Slot slot;
  private final List<BatchResult.RejectedRow> poison = new ArrayList<>();

  /** The rows in the slot, by their places in what was submitted; null while that is the same. */
  private int @Nullable [] places;

  /** Whether the slot is to be called (once more). */
  private boolean again = true;

  private @Nullable BatchResult result;
  private @Nullable CallException exception;

  public SubmittedBatch(StandalonePool pool, Slot slot) {
    this.pool = pool;
    this.slot = slot;
  }

  /** What came of it, once it is over. */
  public BatchResult result() {
    BatchResult delivered = result;
    if (delivered == null) {
      throw exception == null ? new IllegalStateException("not called yet") : exception;
    }
    return delivered;
  }

  @Override
  public boolean fill() {
    boolean ready = again;
    again = false;
    return ready;
  }

  @Override
  public boolean careful() {
    return false;
  }

  @Override
  public void returned(CallResult returned) {
    List<BatchResult.RejectedRow> rejected = new ArrayList<>(poison);
    for (CallResult.RejectedRow row : returned.rejected()) {
      rejected.add(new BatchResult.RejectedRow(place(row.row()), row.reason(), row.detail()));
    }
    rejected.sort(Comparator.comparingInt(BatchResult.RejectedRow::row));
    if (!slot.keep(returned)) {
      fail(tooLarge());
      return;
    }
    result =
        new BatchResult(
            slot.view(1),
            List.copyOf(rejected),
            returned.filtered(),
            returned.serviceNanos(),
            () -> pool.give(slot));
  }

  @Override
  public void overflowed(int row) {
    if (pool.settings.repeat() != Repeat.NEVER && slot.spread()) {
      again = true;
    } else {
      fail(tooLarge());
    }
  }

  @Override
  public void lost(int row, CallException lost) {
    if (row < 0 || slot.rows() == 1 || pool.settings.repeat() == Repeat.NEVER) {
      fail(lost);
      return;
    }
    poison.add(
        new BatchResult.RejectedRow(place(row), String.valueOf(lost.getMessage()), lost.detail()));
    int[] left = new int[slot.rows() - 1];
    for (int i = 0; i < left.length; i++) {
      left[i] = place(i < row ? i : i + 1);
    }
    slot.retain(0, each -> each != row);
    places = left;
    again = true;
  }

  @Override
  public void separate(Completion.Separate separate) {
    fail(
        new CallException(
            Kind.LOST,
            separate.reason()
                + ": give the function smaller batches, or let it leave nothing behind",
            separate.evidence()));
  }

  @Override
  public void fail(CallException reason) {
    exception = reason;
  }

  @Override
  public boolean keepsSlot() {
    return result != null; // Until that is closed.
  }

  private int place(int row) {
    int[] known = places;
    return known == null ? row : known[row];
  }

  private CallException tooLarge() {
    return new CallException(
        Kind.TOO_LARGE,
        "the outputs for "
            + slot.rows()
            + " rows need more room than a slot of "
            + pool.settings.slotBytes()
            + " bytes has: submit fewer rows at a time, or give the pool "
            + pool.name()
            + " a larger slotBytes",
        "");
  }
}
