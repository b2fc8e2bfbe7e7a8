package io.forebay.workers.internal.tasks;

import io.forebay.ValueFunction;
import io.forebay.workers.api.CallException;
import io.forebay.workers.internal.binding.ErrorText;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of {@code TaskExecutors} in a worker. Public because workers make it by name; not
 * for use by others.
 */
public final class TaskFunction implements ValueFunction<byte[], byte[]> {
  private static final String RETURNED = "returned";
  private static final String THREW = "threw";

  static {
    ErrorText.endAt(TaskFunction.class);
  }

  /** Makes one for a worker. */
  public TaskFunction() {}

  @Override
  public byte[] apply(byte[] encoded) throws Exception {
    Object task = Objects.requireNonNull(TaskCodec.decode(encoded, TaskClass::load));
    Object result;
    try {
      if (task instanceof Callable<?> callable) {
        result = callable.call();
      } else {
        ((Runnable) task).run();
        result = null;
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
      String what = "the task " + task.getClass().getName() + " threw " + ErrorText.headline(e);
      return TaskCodec.encode(List.of(THREW, what, ErrorText.detail(e)));
    }
    try {
      return TaskCodec.encode(Arrays.asList(RETURNED, result));
    } catch (TaskCodec.UnsupportedException e) {
      String what =
          "the result of the task "
              + task.getClass().getName()
              + " cannot travel: it "
              + e.getMessage();
      return TaskCodec.encode(List.of(THREW, what, ""));
    }
  }

  /**
   * What {@link #apply} has returned, on the side of the executor.
   *
   * @param named the only classes of which something is made
   * @throws CallException if the task threw, or its result cannot be read
   */
  static @Nullable Object result(byte[] encoded, NamedClasses named) {
    try {
      if (TaskCodec.decode(encoded, named) instanceof List<?> outcome && outcome.size() >= 2) {
        if (RETURNED.equals(outcome.get(0))) {
          return outcome.get(1);
        }
        throw new CallException(
            CallException.Kind.THREW,
            String.valueOf(outcome.get(1)),
            String.valueOf(outcome.getLast()));
      }
      throw new IOException("it is no outcome of a task");
    } catch (IOException e) {
      throw new CallException(
          CallException.Kind.UNREADABLE,
          "the result of the task cannot be read: " + e.getMessage(),
          ErrorText.detail(e));
    }
  }
}
