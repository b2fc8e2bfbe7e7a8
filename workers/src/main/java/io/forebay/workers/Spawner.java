package io.forebay.workers;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Starts processes, all from one platform thread that never ends: a worker that asked the kernel to
 * be killed with its parent dies with the thread that has started it.
 */
final class Spawner {
  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().daemon().name("forebay-spawner").unstarted(task));

  private Spawner() {}

  static Process start(ProcessBuilder builder) throws IOException, InterruptedException {
    Future<Process> started = THREAD.submit(builder::start);
    try {
      return started.get();
    } catch (InterruptedException e) {
      // It may start all the same: nobody would know of it.
      THREAD.execute(() -> {
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
