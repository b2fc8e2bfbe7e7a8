package io.forebay.workers.internal.pools;

import io.forebay.columns.Column;
import io.forebay.slots.CallResult;
import io.forebay.slots.Slot;
import io.forebay.slots.StagedRow;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.CallException.Kind;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.Outcome;
import io.forebay.workers.api.Repeat;
import io.forebay.workers.internal.binding.ValueCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of plain calls, in one slot. Those that do not fit at once, or whose neighbour has cost
 * a worker, go again in the same slot; so every argument has its outcome in the end. Used as {@link
 * SlotCall} says; the outcomes are there when that is done.
 */
public final class CallArguments<I, O> implements SlotCall.Content {
  public final SlotCall call;
  private final StandalonePool pool;
  private final ValueCodec<I, O> codec;
  private final Slot slot;
  private final List<I> inputs;
  private final List<@Nullable Outcome<I, O>> outcomes;

  /** Indexes of the arguments that are still to be called, and of those in the slot. */
  private final Deque<Integer> todo = new ArrayDeque<>();

  private final List<Integer> inSlot = new ArrayList<>();
  private int limit;
  private boolean careful;

  /** Whether the slot is to be called again as it is. */
  private boolean ready;

  private long serviceNanos;
  private int served;

  /** Arguments for a slot that the caller has taken. */
  public CallArguments(StandalonePool pool, ValueCodec<I, O> codec, Slot slot, List<I> inputs) {
    this.pool = pool;
    this.codec = codec;
    this.slot = slot;
    this.inputs = inputs;
    this.limit = inputs.size();
    this.outcomes = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      outcomes.add(null);
      todo.add(i);
    }
    this.call = new SlotCall(pool, slot, this);
  }

  /** An outcome for each argument, in their order, once the call is done. */
  @SuppressWarnings("NullAway") // None is null any more.
  public List<Outcome<I, O>> outcomes() {
    return List.copyOf(outcomes);
  }

  /** Time in the function for each row, as far as it was measured; 0 if it was not. */
  double nanosPerRow() {
    return served == 0 ? 0 : (double) serviceNanos / served;
  }

  /** Puts as many arguments as fit into the slot; false if none is left. */
  @Override
  public boolean fill() {
    if (ready) {
      ready = false;
      return true;
    }
    inSlot.clear();
    if (todo.isEmpty()) {
      return false;
    }
    slot.format(Math.max(1, Math.min(limit, todo.size())), 0);
    StagedRow row = pool.row(slot);
    while (!todo.isEmpty() && inSlot.size() < limit) {
      int index = todo.getFirst();
      try {
        codec.encode(inputs.get(index), row);
      } catch (CallException e) {
        fail(todo.removeFirst(), e);
        continue;
      }
      if (slot.append(row, 0, index)) {
        inSlot.add(todo.removeFirst());
      } else if (inSlot.isEmpty()) {
        fail(todo.removeFirst(), tooLarge("the argument needs"));
      } else {
        break;
      }
    }
    row.clear();
    if (inSlot.size() == 1 && pool.settings.repeat() == Repeat.NEVER) {
      slot.spread(); // There is no second call in which the result might fit.
    }
    return !inSlot.isEmpty();
  }

  @Override
  public boolean careful() {
    return careful;
  }

  @Override
  public void returned(CallResult result) {
    Map<Integer, CallResult.RejectedRow> rejected = new HashMap<>();
    result.rejected().forEach(row -> rejected.put(row.row(), row));
    Column[] columns = codec.columns(slot.view(1));
    for (int row = 0; row < inSlot.size(); row++) {
      int index = inSlot.get(row);
      CallResult.RejectedRow refused = rejected.get(row);
      if (refused != null) {
        fail(index, new CallException(Kind.THREW, refused.reason(), refused.detail()));
        continue;
      }
      try {
        returned(index, codec.decode(columns, row));
      } catch (CallException e) {
        fail(index, e);
      }
    }
    serviceNanos += result.serviceNanos();
    served += inSlot.size();
  }

  @Override
  public void overflowed(int row) {
    if (inSlot.size() > 1) {
      limit = Math.max(1, row);
      putBack(0);
    } else if (slot.spread()) {
      ready = true; // The same row, with more room for its result.
    } else {
      fail(inSlot.getFirst(), tooLarge("the result needs"));
    }
  }

  @Override
  public void separate(Completion.Separate separate) {
    separate(separate.row());
  }

  /** The arguments before that one, and then the others, go again in slots of their own. */
  private void separate(int row) {
    careful = true;
    limit = Math.clamp(row, 1, Math.max(1, inSlot.size() - 1));
    putBack(0);
  }

  @Override
  public void lost(int row, CallException exception) {
    if (row < 0 && inSlot.size() > 1 && pool.settings.repeat() == Repeat.ALWAYS) {
      separate(inSlot.size() / 2);
    } else if (row < 0 || row >= inSlot.size()) {
      inSlot.forEach(index -> fail(index, exception));
    } else if (pool.settings.repeat() == Repeat.NEVER) {
      // Those before it were called, too, and their results are gone.
      inSlot.subList(0, row + 1).forEach(index -> fail(index, exception));
      putBack(row + 1);
    } else {
      fail(inSlot.remove(/* index */ row), exception);
      putBack(0);
    }
  }

  /** The arguments in the slot from a row on are called again. */
  private void putBack(int from) {
    for (int i = inSlot.size() - 1; i >= from; i--) {
      todo.addFirst(inSlot.get(i));
    }
  }

  @Override
  public void fail(CallException exception) {
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i) == null) {
        fail(i, exception);
      }
    }
    todo.clear();
    inSlot.clear();
  }

  @Override
  public boolean keepsSlot() {
    return false;
  }

  private void fail(int index, CallException exception) {
    outcomes.set(index, new Outcome.Failed<>(inputs.get(index), exception));
  }

  @SuppressWarnings("NullAway") // A result that is no record may be null.
  private void returned(int index, @Nullable O output) {
    outcomes.set(index, new Outcome.Returned<>(inputs.get(index), output));
  }

  private CallException tooLarge(String what) {
    return new CallException(
        Kind.TOO_LARGE,
        what
            + " more room than a slot of "
            + pool.settings.slotBytes()
            + " bytes has: give the pool "
            + pool.name()
            + " a larger slotBytes",
        "");
  }
}
