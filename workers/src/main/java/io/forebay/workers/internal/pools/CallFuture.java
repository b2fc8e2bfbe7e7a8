package io.forebay.workers.internal.pools;

import io.forebay.workers.api.CallException;
import io.forebay.workers.internal.binding.ErrorText;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The future of a {@link SlotCall}. What depends on it runs on a virtual thread, or on a thread
 * that waits for it: never on one that the pool needs. So does the reading of the result, which is
 * code of others.
 */
public final class CallFuture<T> extends CompletableFuture<T> {
  private final SlotCall call;
  private final Callable<T> result;
  private final Consumer<T> unwanted;

  /** Threads that wait: one of them completes this future, without a hand-over. */
  private final AtomicInteger waiters = new AtomicInteger();

  /** Whether some thread completes it, or has. */
  private final AtomicBoolean settling = new AtomicBoolean();

  /** Runs code of others. */
  private final Executor outside;

  private CallFuture(SlotCall call, Callable<T> result, Consumer<T> unwanted, Executor outside) {
    this.call = call;
    this.result = result;
    this.unwanted = unwanted;
    this.outside = outside;
  }

  /**
   * Begins a call.
   *
   * @param result reads the result, once the call is over; throws {@link CallException}
   * @param unwanted gets a result of which nobody will hear any more
   * @param deadlineNanos when it is given up, {@code Long.MAX_VALUE} for never
   */
  public static <T> CallFuture<T> begin(
      SlotCall call, Callable<T> result, Consumer<T> unwanted, long deadlineNanos) {
    return begin(call, result, unwanted, deadlineNanos, Thread::startVirtualThread);
  }

  static <T> CallFuture<T> begin(
      SlotCall call,
      Callable<T> result,
      Consumer<T> unwanted,
      long deadlineNanos,
      Executor outside) {
    CallFuture<T> future = new CallFuture<>(call, result, unwanted, outside);
    call.begin(deadlineNanos, late -> outside.execute(() -> future.completeExceptionally(late)));
    var _ = call.done.thenRun(future::arrived);
    return future;
  }

  private void arrived() {
    if (waiters.get() == 0) {
      outside.execute(this::settle);
    }
  }

  private void settle() {
    if (!settling.compareAndSet(false, true)) {
      return;
    }
    T value;
    try {
      value = result.call();
    } catch (CallException e) {
      completeExceptionally(e);
      return;
    } catch (Throwable e) { // Whatever it is, somebody waits.
      completeExceptionally(
          new CallException(
              CallException.Kind.UNREADABLE,
              "the result cannot be read: " + ErrorText.headline(e),
              ErrorText.detail(e)));
      return;
    }
    if (!complete(value)) {
      unwanted.accept(value);
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
      call.cancel(mayInterruptIfRunning);
    }
    return first;
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    help();
    return super.get();
  }

  @Override
  public T join() {
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
      call.awaitOr(this);
    } finally {
      waiters.decrementAndGet();
      if (call.done.isDone()) { // Also where it was cancelled: nobody else gives the result back.
        settle();
      }
    }
  }
}
