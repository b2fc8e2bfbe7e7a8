package io.forebay.workers;

import io.forebay.Column;
import io.forebay.slots.CallResult;
import io.forebay.slots.Slot;
import io.forebay.slots.StagedRow;
import io.forebay.workers.CallException.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Some arguments on their way through the workers and back, in one slot. Arguments that do not fit
 * at once, or whose neighbour has cost a worker, go again in the same slot; so every argument has
 * its outcome in the end, and the slot is given back.
 *
 * <p>{@link #begin} runs on the caller's thread, {@link #arrived} on whichever thread settles the
 * batch, never two at once: the slot's future hands over. {@link #cancel} may be called by anyone.
 */
final class Trip<I, O> {
  /** Completes with an outcome for each argument, in their order; never exceptionally. */
  final CompletableFuture<List<Outcome<I, O>>> done = new CompletableFuture<>();

  private final OwnPool pool;
  private final ValueCodec<I, O> codec;
  private final Slot slot;
  private final List<I> inputs;
  private final List<@Nullable Outcome<I, O>> outcomes;

  /** Indexes of the arguments that are still to be called, and of those in the slot. */
  private final Deque<Integer> todo = new ArrayDeque<>();

  private final List<Integer> inSlot = new ArrayList<>();
  private int limit;
  private boolean careful;
  private long serviceNanos;
  private int served;
  private volatile @Nullable CompletableFuture<Completion> submitted;

  /** Whether a worker may be killed for giving up; set before {@code cancelled}. */
  private volatile boolean killing;

  private volatile @Nullable CallException cancelled;
  private volatile @Nullable Thread waiter;

  /** Arguments for a slot that the caller has taken; it is given back when {@link #done} is. */
  Trip(OwnPool pool, ValueCodec<I, O> codec, Slot slot, List<I> inputs) {
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
  }

  void begin() {
    next();
  }

  /**
   * Gives up. The outcomes say that the calls were cancelled.
   *
   * @param kill whether to kill a worker that has the slot in work
   */
  void cancel(boolean kill) {
    giveUp(withdrawn(), kill);
  }

  /** As {@link #cancel}, for another reason. */
  void expire(CallException reason) {
    giveUp(reason, true);
  }

  private static CallException withdrawn() {
    return new CallException(Kind.UNAVAILABLE, "the call was cancelled", "");
  }

  private void giveUp(CallException reason, boolean kill) {
    killing = kill;
    cancelled = reason;
    CompletableFuture<Completion> call = submitted;
    if (call != null) {
      call.cancel(kill);
    }
  }

  /** Waits until {@link #done} or {@code other} is, looking after finished batches meanwhile. */
  void awaitOr(CompletableFuture<?> other) throws InterruptedException {
    wakes(Thread.currentThread());
    pool.await(CompletableFuture.anyOf(done, other));
  }

  /** Ends the thread's sleep in {@link OwnPool#await} when this is {@link #done}. */
  void wakes(Thread thread) {
    waiter = thread;
  }

  /** Time in the function for each row, as far as it was measured; 0 if it was not. */
  double nanosPerRow() {
    return served == 0 ? 0 : (double) serviceNanos / served;
  }

  private void next() {
    try {
      CallException reason = cancelled;
      if (reason != null) {
        failAll(reason);
      }
      if (fill()) {
        submit();
        return;
      }
    } catch (Throwable e) {
      // A mistake of ours, or the memory is gone because the pool was closed.
      failAll(new CallException(Kind.UNAVAILABLE, ErrorText.headline(e), ErrorText.detail(e)));
    }
    finish();
  }

  /** Puts as many arguments as fit into the slot; false if none is left. */
  private boolean fill() {
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

  private void submit() {
    CompletableFuture<Completion> call = pool.submit(slot, careful);
    submitted = call;
    if (cancelled != null) {
      call.cancel(killing);
    }
    var _ = call.whenComplete((completion, error) -> arrived(call, completion, error));
  }

  private void arrived(
      CompletableFuture<Completion> call,
      @Nullable Completion completion,
      @Nullable Throwable error) {
    try {
      switch (completion) {
        case Completion.Done done when done.result().overflowRow() >= 0 -> {
          if (overflowed(done.result().overflowRow())) {
            submit(); // The same row, with more room for its result.
            return;
          }
        }
        case Completion.Done done -> read(done.result());
        case Completion.Lost lost -> lost(call, lost);
        case Completion.Separate separate -> separate(separate.row());
        case Completion.Unavailable unavailable -> {
          if (cancelled == null) {
            failAll(new CallException(Kind.UNAVAILABLE, unavailable.reason(), ""));
          }
        }
        case null -> throw new IllegalStateException("a batch without completion", error);
      }
    } catch (Throwable e) { // Whatever it is, every argument has an outcome.
      failAll(new CallException(Kind.UNAVAILABLE, ErrorText.headline(e), ErrorText.detail(e)));
    }
    next();
  }

  private void read(CallResult result) {
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

  /** The results did not fit from that row on; returns whether the slot is ready to go again. */
  private boolean overflowed(int row) {
    if (inSlot.size() == 1) {
      if (slot.spread()) {
        return true;
      }
      fail(inSlot.getFirst(), tooLarge("the result needs"));
      return false;
    }
    limit = Math.max(1, row);
    putBack(0);
    return false;
  }

  /** The arguments before that one, and then the others, go again in slots of their own. */
  private void separate(int row) {
    careful = true;
    limit = Math.clamp(row, 1, Math.max(1, inSlot.size() - 1));
    putBack(0);
  }

  private void lost(CompletableFuture<Completion> call, Completion.Lost lost) {
    boolean late = call instanceof Call own && own.lostTo == WorkerEnd.Kind.TIMED_OUT;
    CallException exception =
        new CallException(late ? Kind.TIMED_OUT : Kind.LOST, lost.reason(), lost.evidence());
    int row = lost.row();
    if (row < 0 && inSlot.size() > 1 && pool.settings.repeat() == Repeat.ALWAYS) {
      separate(inSlot.size() / 2);
      return;
    }
    if (row < 0 || row >= inSlot.size()) {
      inSlot.forEach(index -> fail(index, exception));
      return;
    }
    if (pool.settings.repeat() == Repeat.NEVER) {
      // Those before it were called, too, and their results are gone.
      inSlot.subList(0, row).forEach(index -> fail(index, exception));
      putBack(row + 1);
    } else {
      int guilty = inSlot.get(row);
      inSlot.subList(row, row + 1).clear();
      putBack(0);
      inSlot.add(guilty);
      row = inSlot.size() - 1;
    }
    fail(inSlot.get(row), exception);
  }

  /** The arguments in the slot from a row on are called again. */
  private void putBack(int from) {
    for (int i = inSlot.size() - 1; i >= from; i--) {
      todo.addFirst(inSlot.get(i));
    }
  }

  private void failAll(CallException exception) {
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i) == null) {
        fail(i, exception);
      }
    }
    todo.clear();
    inSlot.clear();
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

  @SuppressWarnings("NullAway") // None is null any more.
  private void finish() {
    pool.give(slot);
    done.complete(List.copyOf(outcomes));
    Thread waiting = waiter;
    if (waiting != null && waiting != Thread.currentThread()) {
      pool.wake();
    }
  }
}
