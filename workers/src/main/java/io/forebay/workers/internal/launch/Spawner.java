package io.forebay.workers.internal.launch;

import io.forebay.workers.api.WorkerPriority;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Starts processes, all of a priority from one platform thread that never ends: a worker that asked
 * the kernel to be killed with its parent dies with the thread that has started it, and it inherits
 * that thread's {@link SchedulingClass}.
 */
final class Spawner {
  private static final Map<WorkerPriority, ExecutorService> THREADS =
      new EnumMap<>(WorkerPriority.class);

  static {
    for (WorkerPriority priority : WorkerPriority.values()) {
      String name = "forebay-spawner-" + priority.name().toLowerCase(Locale.ROOT);
      THREADS.put(
          priority,
          Executors.newSingleThreadExecutor(task ->
              Thread.ofPlatform()
                  .daemon()
                  .name(name)
                  .unstarted(() -> {
                    SchedulingClass.enter(priority);
                    task.run();
                  })));
    }
  }

  private Spawner() {}

  static Process start(ProcessBuilder builder, WorkerPriority priority)
      throws IOException, InterruptedException {
    ExecutorService thread = Objects.requireNonNull(THREADS.get(priority));
    Future<Process> started = thread.submit(builder::start);
    try {
      return started.get();
    } catch (InterruptedException e) {
      // It may start all the same: nobody would know of it.
      thread.execute(() -> {
        if (started.state() == Future.State.SUCCESS) {
          started.resultNow().destroyForcibly();
        }
      });
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause
          ? new IOException("the worker process cannot be started: " + cause.getMessage(), cause)
          : new IOException("the worker process cannot be started", e.getCause());
    }
  }
}
