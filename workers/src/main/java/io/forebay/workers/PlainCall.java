package io.forebay.workers;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The future of a plain call. What depends on it runs on a virtual thread, or on a thread that
 * waits for it: never on one that the pool needs.
 */
final class PlainCall<I, R, O> extends CompletableFuture<O> {
  private final Trip<I, R> trip;
  private final Function<R, O> result;
  private final @Nullable CompletableFuture<Void> alarm;

  /** Threads that wait: one of them completes this future, without a hand-over. */
  private final AtomicInteger waiters = new AtomicInteger();

  private PlainCall(
      Trip<I, R> trip, Function<R, O> result, @Nullable CompletableFuture<Void> alarm) {
    this.trip = trip;
    this.result = result;
    this.alarm = alarm;
  }

  /**
   * Begins a call.
   *
   * @param deadlineNanos when it is given up, {@code Long.MAX_VALUE} for never
   */
  static <I, R, O> PlainCall<I, R, O> begin(
      Trip<I, R> trip, Function<R, O> result, long deadlineNanos, PoolSettings settings) {
    CompletableFuture<Void> alarm =
        deadlineNanos == Long.MAX_VALUE ? null : new CompletableFuture<>();
    PlainCall<I, R, O> call = new PlainCall<>(trip, result, alarm);
    if (alarm != null) {
      var _ = alarm.thenRun(() -> call.expire(settings));
      alarm.completeOnTimeout(null, Math.max(0, deadlineNanos), TimeUnit.NANOSECONDS);
    }
    trip.begin();
    var _ = trip.done.thenRun(call::arrived);
    return call;
  }

  /** A call that had no time left when its turn came. */
  static CallException late(PoolSettings settings) {
    return new CallException(
        CallException.Kind.TIMED_OUT,
        "the call had no result within "
            + WorkerEnd.text(Duration.ofNanos(settings.deadlineNanos()))
            + ", the time that the pool "
            + settings.config().name()
            + " gives to waiting and calling together: give it a longer deadline or more workers",
        "");
  }

  private void expire(PoolSettings settings) {
    if (!isDone()) {
      CallException late = late(settings);
      Thread.startVirtualThread(() -> completeExceptionally(late));
      trip.expire(late);
    }
  }

  private void arrived() {
    if (alarm != null) {
      alarm.cancel(false);
    }
    if (waiters.get() == 0) {
      Thread.startVirtualThread(this::settle);
    }
  }

  private void settle() {
    List<Outcome<I, R>> outcomes = trip.done.join();
    switch (outcomes.getFirst()) {
      case Outcome.Returned<I, R> returned -> {
        try {
          complete(result.apply(returned.output()));
        } catch (CallException e) {
          completeExceptionally(e);
        } catch (Throwable e) { // Whatever it is, somebody waits.
          completeExceptionally(
              new CallException(
                  CallException.Kind.UNREADABLE,
                  "the result cannot be read: " + ErrorText.headline(e),
                  ErrorText.detail(e)));
        }
      }
      case Outcome.Failed<I, R> failed -> completeExceptionally(failed.exception());
    }
  }

  /**
   * Gives the call up.
   *
   * @param mayInterruptIfRunning whether to kill the worker that runs it; if not, it goes on, and
   *     its result is forgotten
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean first = super.cancel(mayInterruptIfRunning);
    if (first) {
      trip.cancel(mayInterruptIfRunning);
    }
    return first;
  }

  @Override
  public O get() throws InterruptedException, ExecutionException {
    help();
    return super.get();
  }

  @Override
  public O join() {
    try {
      help();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return super.join();
  }

  private void help() throws InterruptedException {
    if (isDone()) {
      return;
    }
    waiters.incrementAndGet();
    try {
      trip.awaitOr(this);
    } finally {
      waiters.decrementAndGet();
      if (trip.done.isDone() && !isDone()) {
        settle();
      }
    }
  }
}
