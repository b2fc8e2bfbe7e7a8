package io.forebay.workers.tasks;

import io.forebay.workers.PoolBuilder;
import io.forebay.workers.Pools;
import io.forebay.workers.api.CallException;
import io.forebay.workers.internal.tasks.TaskExecutor;
import io.forebay.workers.internal.tasks.TaskFunction;
import java.util.concurrent.ExecutorService;

/**
 * Executors whose tasks run in workers.
 *
 * <p>They take a {@link java.util.concurrent.Callable} or {@link Runnable} that is a public record,
 * whose components are its arguments, or a public class without fields and with a public
 * constructor. Arguments and result may be null, of the primitive and boxed types, {@code String},
 * {@code byte[]}, {@code int[]}, {@code long[]}, {@code double[]}, {@code BigDecimal}, {@code
 * BigInteger}, {@code Instant}, {@code Duration}, {@code UUID}, enums, records of these, and lists
 * and maps of these. Anything else is refused with a {@link
 * java.util.concurrent.RejectedExecutionException} of one sentence before it is run: lambdas and
 * inner classes above all, because what they have captured cannot be named. No Java serialization
 * is used.
 *
 * <p>A task that fails gives an {@link java.util.concurrent.ExecutionException} whose cause is a
 * {@link CallException}, with the stack trace as text. {@code Future.cancel(true)} kills the worker
 * that runs the task, or interrupts the thread. {@code shutdownNow} kills all of them and returns
 * no tasks.
 */
public final class TaskExecutors {
  private TaskExecutors() {}

  /** An executor whose tasks run in worker processes. */
  public static PoolBuilder<ExecutorService> processes() {
    return Pools.processes().calls(TaskFunction.class, TaskExecutor::new);
  }

  /** An executor whose tasks run on threads. */
  public static PoolBuilder<ExecutorService> threads() {
    return Pools.threads().calls(TaskFunction.class, TaskExecutor::new);
  }
}
