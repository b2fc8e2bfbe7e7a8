package io.forebay.workers.internal.pools;

import io.forebay.slots.CallResult;
import io.forebay.slots.Slot;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.CallException.Kind;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.calls.Alarm;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One slot of a pool that is used alone, on its way through the workers and back: again and again,
 * until its {@link Content} has nothing more to call or the call is given up. Then the slot is
 * given back, if its content does not keep it, and {@link #done} completes.
 *
 * <p>{@link #begin} runs on the caller's thread, and the content on whichever thread settles the
 * batch, never two at once: the slot's future hands over. {@link #cancel} may be called by anyone,
 * also between two ways; the first reason to give up is the one that counts.
 */
public final class SlotCall {
  /** The pool that the slot is of. */
  interface Pool {
    /** Hands the slot to the workers; does not block. */
    CompletableFuture<Completion> submit(Slot slot, boolean careful);

    /** Takes the slot back. */
    void give(Slot slot);

    /** Waits, looking after finished batches meanwhile; see {@link WorkerPool#await}. */
    void await(CompletableFuture<?> future) throws InterruptedException;

    /** See {@link WorkerPool#wakeUp}. */
    void wakeUp();

    /** What is said of a call that had no time left. */
    CallException late();
  }

  /** What is in the slot, and what follows from how it came back. */
  interface Content {
    /** Makes the slot ready to be called; false if there is nothing more to call. */
    boolean fill();

    /** Whether it is called as {@link CallOptions#careful} says. */
    boolean careful();

    /** The function has returned. */
    void returned(CallResult result);

    /** As {@link #returned}, but the results have no room from that row on. */
    void overflowed(int row);

    /** See {@link Completion.Lost}. */
    void lost(int row, CallException exception);

    /** See {@link Completion.Separate}. */
    void separate(Completion.Separate separate);

    /** Nothing is called any more: what has no result has this. */
    void fail(CallException exception);

    /** Whether the slot is still needed when all is over. */
    boolean keepsSlot();
  }

  private record GivenUp(CallException reason, boolean kill) {}

  /** Completes when all is over; never exceptionally. */
  public final CompletableFuture<Void> done = new CompletableFuture<>();

  private final Pool pool;
  private final Slot slot;
  private final Content content;

  /** Written once, by {@link #giveUp}. */
  private volatile @Nullable GivenUp givenUp;

  private volatile @Nullable CompletableFuture<Completion> submitted;
  private volatile @Nullable Thread waiter;
  private @Nullable Alarm alarm;
  private Consumer<CallException> expired = late -> {};

  /** A call in a slot that the caller has taken. */
  public SlotCall(Pool pool, Slot slot, Content content) {
    this.pool = pool;
    this.slot = slot;
    this.content = content;
  }

  /**
   * Begins.
   *
   * @param deadlineNanos when it is given up, {@code Long.MAX_VALUE} for never
   * @param expired is told then
   */
  public void begin(long deadlineNanos, Consumer<CallException> expired) {
    this.expired = expired;
    if (deadlineNanos != Long.MAX_VALUE) {
      alarm = Alarm.in(deadlineNanos, this::expire);
    }
    next();
  }

  /** Gives up because the deadline has passed. */
  void expire() {
    CallException late = pool.late();
    if (giveUp(late, true)) {
      expired.accept(late);
    }
  }

  /**
   * Gives up, as soon as the workers have passed the slot by.
   *
   * @param kill whether to kill a worker that has it in work
   */
  public void cancel(boolean kill) {
    giveUp(new CallException(Kind.UNAVAILABLE, "the call was cancelled", ""), kill);
  }

  private boolean giveUp(CallException reason, boolean kill) {
    synchronized (this) {
      if (givenUp != null || done.isDone()) {
        return false;
      }
      givenUp = new GivenUp(reason, kill);
    }
    CompletableFuture<Completion> call = submitted;
    if (call != null) {
      call.cancel(kill);
    }
    return true;
  }

  /** Waits until {@link #done} or {@code other} is, looking after finished batches meanwhile. */
  void awaitOr(CompletableFuture<?> other) throws InterruptedException {
    wakes(Thread.currentThread());
    pool.await(CompletableFuture.anyOf(done, other));
  }

  /** Ends the thread's sleep in {@link Pool#await} when this is {@link #done}. */
  void wakes(Thread thread) {
    waiter = thread;
  }

  private void next() {
    try {
      GivenUp up = givenUp;
      if (up != null) {
        content.fail(up.reason());
      } else if (content.fill()) {
        submit();
        return;
      }
    } catch (Throwable e) {
      // A mistake of ours, or the memory is gone because the pool was closed.
      content.fail(broken(e));
    }
    finish();
  }

  private void submit() {
    CompletableFuture<Completion> call = pool.submit(slot, content.careful());
    submitted = call;
    GivenUp up = givenUp;
    if (up != null) {
      call.cancel(up.kill()); // Given up before the call was there to be seen.
    }
    var _ = call.whenComplete(this::arrived);
  }

  private void arrived(@Nullable Completion completion, @Nullable Throwable error) {
    try {
      switch (completion) {
        case Completion.Done done when done.result().overflowRow() >= 0 ->
            content.overflowed(done.result().overflowRow());
        case Completion.Done done -> content.returned(done.result());
        case Completion.Lost lost -> content.lost(lost.row(), exception(lost));
        case Completion.Separate separate -> content.separate(separate);
        case Completion.Unavailable unavailable -> {
          if (givenUp == null) {
            content.fail(new CallException(Kind.UNAVAILABLE, unavailable.reason(), ""));
          }
        }
        case null -> throw new IllegalStateException("a batch without completion", error);
      }
    } catch (Throwable e) { // Whatever it is, somebody waits.
      content.fail(broken(e));
    }
    next();
  }

  private static CallException exception(Completion.Lost lost) {
    Kind kind = lost.cause() == Completion.Cause.TIMED_OUT ? Kind.TIMED_OUT : Kind.LOST;
    return new CallException(kind, lost.reason(), lost.evidence());
  }

  private static CallException broken(Throwable e) {
    return new CallException(Kind.UNAVAILABLE, ErrorText.headline(e), ErrorText.detail(e));
  }

  private void finish() {
    if (alarm != null) {
      alarm.off();
    }
    if (!content.keepsSlot()) {
      pool.give(slot);
    }
    done.complete(null);
    Thread waiting = waiter;
    if (waiting != null && waiting != Thread.currentThread()) {
      pool.wakeUp();
    }
  }
}
