package io.forebay.workers;

import io.forebay.slots.CallResult;
import io.forebay.slots.Slot;
import io.forebay.workers.CallException.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its way through the workers and back; the future that {@link BatchPool#submit}
 * returns. A row that has cost its workers is taken out and reported, and the others go again.
 *
 * <p>{@link #begin} runs on the caller's thread, {@link #arrived} on whichever thread settles the
 * batch, never two at once: the slot's future hands over. What depends on this future runs on a
 * virtual thread.
 */
final class BatchTrip extends CompletableFuture<BatchResult> {
  private final OwnPool pool;
  private final Slot slot;
  private final List<BatchResult.RejectedRow> poison = new ArrayList<>();

  /** The rows in the slot, by their places in what was submitted; null while that is the same. */
  private int @Nullable [] places;

  private volatile @Nullable CompletableFuture<Completion> submitted;

  /** Whether a worker may be killed for giving up; set before {@code cancelled}. */
  private volatile boolean killing;

  private volatile boolean cancelled;
  private volatile @Nullable CallException expired;
  private @Nullable CompletableFuture<Void> alarm;

  /** How this future is to be completed, once that is known. */
  private final CompletableFuture<Runnable> back = new CompletableFuture<>();

  BatchTrip(OwnPool pool, Slot slot) {
    this.pool = pool;
    this.slot = slot;
  }

  void begin(long deadlineNanos) {
    if (deadlineNanos != Long.MAX_VALUE) {
      CompletableFuture<Void> expiry = new CompletableFuture<>();
      alarm = expiry;
      var _ = expiry.thenRun(this::expire);
      expiry.completeOnTimeout(null, Math.max(0, deadlineNanos), TimeUnit.NANOSECONDS);
    }
    submit();
  }

  private void expire() {
    if (!isDone()) {
      CallException late = PlainCall.late(pool.settings);
      expired = late;
      Thread.startVirtualThread(() -> completeExceptionally(late));
      withdraw(true);
    }
  }

  /** Gives the batch up; {@code true} kills the worker that has it in work. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean first = super.cancel(mayInterruptIfRunning);
    if (first) {
      withdraw(mayInterruptIfRunning);
    }
    return first;
  }

  private void withdraw(boolean kill) {
    killing = kill;
    cancelled = true;
    CompletableFuture<Completion> call = submitted;
    if (call != null) {
      call.cancel(kill);
    }
  }

  private void submit() {
    CompletableFuture<Completion> call = pool.submit(slot);
    submitted = call;
    if (cancelled) {
      call.cancel(killing);
    }
    var _ = call.whenComplete((completion, error) -> arrived(call, completion));
  }

  private void arrived(CompletableFuture<Completion> call, Completion completion) {
    try {
      switch (completion) {
        case Completion.Done done when done.result().overflowRow() >= 0 -> overflowed();
        case Completion.Done done -> deliver(done.result());
        case Completion.Lost lost -> lost(call, lost);
        case Completion.Separate(int row, String reason, String evidence) ->
            fail(
                new CallException(
                    Kind.LOST,
                    reason + ": give the function smaller batches, or let it leave nothing behind",
                    evidence));
        case Completion.Unavailable unavailable -> {
          CallException late = expired;
          fail(late == null ? new CallException(Kind.UNAVAILABLE, unavailable.reason(), "") : late);
        }
      }
    } catch (Throwable e) { // Whatever it is, somebody waits.
      fail(new CallException(Kind.UNAVAILABLE, ErrorText.headline(e), ErrorText.detail(e)));
    }
  }

  private void overflowed() {
    if (!cancelled && pool.settings.repeat() != Repeat.NEVER && slot.spread()) {
      submit();
    } else {
      fail(tooLarge());
    }
  }

  private void deliver(CallResult result) {
    List<BatchResult.RejectedRow> rejected = new ArrayList<>(poison);
    for (CallResult.RejectedRow row : result.rejected()) {
      rejected.add(new BatchResult.RejectedRow(place(row.row()), row.reason(), row.detail()));
    }
    rejected.sort(Comparator.comparingInt(BatchResult.RejectedRow::row));
    if (!slot.keep(result)) {
      fail(tooLarge());
      return;
    }
    BatchResult delivered =
        new BatchResult(
            slot.view(1),
            List.copyOf(rejected),
            result.filtered(),
            result.serviceNanos(),
            () -> pool.give(slot));
    settle(() -> {
      if (!complete(delivered)) {
        delivered.close(); // It was cancelled meanwhile: nobody will.
      }
    });
  }

  private void lost(CompletableFuture<Completion> call, Completion.Lost lost) {
    int row = lost.row();
    if (row < 0 || cancelled || slot.rows() == 1 || pool.settings.repeat() == Repeat.NEVER) {
      boolean late = call instanceof Call own && own.lostTo == WorkerEnd.Kind.TIMED_OUT;
      fail(new CallException(late ? Kind.TIMED_OUT : Kind.LOST, lost.reason(), lost.evidence()));
      return;
    }
    poison.add(new BatchResult.RejectedRow(place(row), lost.reason(), lost.evidence()));
    int[] left = new int[slot.rows() - 1];
    for (int i = 0; i < left.length; i++) {
      left[i] = place(i < row ? i : i + 1);
    }
    slot.retain(0, each -> each != row);
    places = left;
    submit();
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

  private void fail(CallException exception) {
    pool.give(slot);
    settle(() -> completeExceptionally(exception));
  }

  private void settle(Runnable completion) {
    CompletableFuture<Void> expiry = alarm;
    if (expiry != null) {
      expiry.cancel(false);
    }
    AtomicBoolean first = new AtomicBoolean(true);
    Runnable once =
        () -> {
          if (first.getAndSet(false)) {
            completion.run();
          }
        };
    back.complete(once);
    Thread.startVirtualThread(once);
  }

  @Override
  public BatchResult get() throws InterruptedException, ExecutionException {
    help();
    return super.get();
  }

  @Override
  public BatchResult join() {
    try {
      help();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return super.join();
  }

  /** Looks after finished batches until this one has come back, and completes it then. */
  private void help() throws InterruptedException {
    if (!isDone()) {
      pool.await(CompletableFuture.anyOf(this, back));
      if (back.isDone()) {
        back.join().run();
      }
    }
  }
}
