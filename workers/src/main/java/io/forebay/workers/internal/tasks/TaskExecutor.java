package io.forebay.workers.internal.tasks;

import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.workers.CallPool;
import io.forebay.workers.api.MonotonicClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code TaskExecutors}: tasks are plain calls of {@link TaskFunction}. Thread-safe. */
public final class TaskExecutor extends AbstractExecutorService {
  private final CallPool<byte[], byte[]> pool;

  public TaskExecutor(CallPool<byte[], byte[]> pool) {
    this.pool = pool;
  }

  @Override
  public <T> Future<T> submit(Callable<T> task) {
    return begin(task);
  }

  @Override
  public Future<?> submit(Runnable task) {
    return begin(task);
  }

  @Override
  public <T> Future<T> submit(Runnable task, T result) {
    return begin(task, returned -> result);
  }

  @Override
  public void execute(Runnable task) {
    CompletableFuture<?> future = begin(task);
    var _ =
        future.exceptionally(e -> {
          pool.pool()
              .settings
              .log()
              .supervised(
                  "a task of the pool " + pool.pool().name() + " failed: " + e.getMessage());
          return null;
        });
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // What a Callable<T> has returned, null or not.
  private <T> CompletableFuture<T> begin(Object task) {
    return begin(task, returned -> (T) returned);
  }

  private <T> CompletableFuture<T> begin(Object task, Function<@Nullable Object, T> result) {
    Objects.requireNonNull(task);
    String refusal = TaskClass.refusal(task);
    if (refusal != null) {
      throw new RejectedExecutionException(refusal);
    }
    NamedClasses named = new NamedClasses(task.getClass());
    byte[] encoded;
    try {
      encoded = TaskCodec.encode(task, named::add);
    } catch (TaskCodec.UnsupportedException e) {
      throw new RejectedExecutionException(
          "the task " + task.getClass().getName() + " " + e.getMessage() + "; nothing was run");
    }
    return pool.call(encoded, outcome -> result.apply(TaskFunction.result(outcome, named)));
  }

  // ------------------------------------------------------------------ several

  @Override
  public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
      throws InterruptedException {
    return invokeAll(tasks, Long.MAX_VALUE);
  }

  @Override
  public <T> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException {
    return invokeAll(tasks, unit.toNanos(timeout));
  }

  private <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long nanos)
      throws InterruptedException {
    long began = MonotonicClock.nanos();
    List<Future<T>> futures = new ArrayList<>();
    boolean all = false;
    try {
      for (Callable<T> task : tasks) {
        futures.add(begin(task));
      }
      for (Future<T> future : futures) {
        await(future, nanos == Long.MAX_VALUE ? nanos : nanos - (MonotonicClock.nanos() - began));
      }
      all = true;
    } catch (TimeoutException e) {
      // Those that are not done are cancelled, as the interface says.
    } finally {
      if (!all) {
        futures.forEach(future -> future.cancel(true));
      }
    }
    return futures;
  }

  private static void await(Future<?> future, long nanos)
      throws InterruptedException, TimeoutException {
    try {
      if (nanos == Long.MAX_VALUE) {
        future.get();
      } else {
        future.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
      }
    } catch (ExecutionException | CancellationException e) {
      // Whoever asked for it looks at its future.
    }
  }

  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    try {
      return invokeAny(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e); // In 292 years.
    }
  }

  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("no tasks");
    }
    List<CompletableFuture<T>> futures = new ArrayList<>();
    CompletableFuture<T> first = new CompletableFuture<>();
    try {
      for (Callable<T> task : tasks) {
        CompletableFuture<T> future = begin(task);
        futures.add(future);
        var _ = future.thenAccept(first::complete);
      }
      CompletableFuture<Void> all =
          CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new));
      var _ =
          all.whenComplete((done, error) -> {
            if (error != null && futures.stream().allMatch(Future::isDone)) {
              Throwable cause = error.getCause();
              first.completeExceptionally(cause == null ? error : cause);
            }
          });
      return first.get(timeout, unit);
    } finally {
      futures.forEach(future -> future.cancel(true));
    }
  }

  // ------------------------------------------------------------------ the end

  @Override
  public void shutdown() {
    pool.pool().shutDown();
    Thread.startVirtualThread(
        AgentRunner.once(
            () -> pool.pool().close(Duration.ofDays(10_000)),
            e ->
                pool.pool()
                    .settings
                    .log()
                    .supervised("the pool " + pool.pool().name() + " was not closed: " + e)));
  }

  /** Kills the workers: what they had fails. No task is returned, for none is still to begin. */
  @Override
  public List<Runnable> shutdownNow() {
    pool.pool().end();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return pool.pool().isClosed();
  }

  @Override
  public boolean isTerminated() {
    return pool.pool().isEnded();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return pool.pool().awaitEnd(unit.toNanos(timeout));
  }
}
