package io.forebay.workers.internal.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.workers.api.WorkerPriority;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts processes, all of a priority from one platform thread: a worker that asked the kernel to
 * be killed with its parent dies with the thread that has started it, and it inherits that thread's
 * {@link SchedulingClass}. So the thread lives as long as a process that it has started, and no
 * longer: it would keep the class loader of a program that has been unloaded. Thread-safe.
 */
final class Spawner {
  @GuardedBy("Spawner.class")
  private static final Map<WorkerPriority, Spawner> LIVING = new EnumMap<>(WorkerPriority.class);

  private final WorkerPriority priority;
  private final ExecutorService thread;

  /** Processes that live, or are being started. */
  @GuardedBy("Spawner.class")
  private int processes;

  private Spawner(WorkerPriority priority) {
    this.priority = priority;
    String name = "forebay-spawner-" + priority.name().toLowerCase(Locale.ROOT);
    this.thread =
        Executors.newSingleThreadExecutor(task ->
            Thread.ofPlatform()
                .daemon()
                .name(name)
                .unstarted(() -> {
                  SchedulingClass.enter(priority);
                  task.run();
                }));
  }

  static Process start(ProcessBuilder builder, WorkerPriority priority)
      throws IOException, InterruptedException {
    CompletableFuture<Process> started = new CompletableFuture<>();
    Spawner spawner = entered(priority);
    spawner.thread.execute(() -> spawner.start(builder, started));
    try {
      return started.get();
    } catch (InterruptedException e) {
      // It may start all the same: nobody would know of it.
      var _ = started.thenAccept(Process::destroyForcibly);
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause
          ? new IOException("the worker process cannot be started: " + cause.getMessage(), cause)
          : new IOException("the worker process cannot be started", e.getCause());
    }
  }

  private void start(ProcessBuilder builder, CompletableFuture<Process> started) {
    try {
      Process process = builder.start();
      var _ = process.onExit().whenComplete((ended, error) -> leave());
      started.complete(process);
    } catch (Throwable e) { // Somebody waits.
      leave();
      started.completeExceptionally(e);
    }
  }

  /** The spawner of that priority, which stays until a process of it has ended. */
  private static Spawner entered(WorkerPriority priority) {
    synchronized (Spawner.class) {
      Spawner spawner = LIVING.computeIfAbsent(priority, Spawner::new);
      spawner.processes++;
      return spawner;
    }
  }

  private void leave() {
    synchronized (Spawner.class) {
      processes--;
      if (processes == 0) {
        LIVING.remove(priority);
        thread.shutdown();
      }
    }
  }
}
