package io.forebay.workers;

import io.forebay.AgentRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The threads of a pool in this process, each of which repeats a step until {@link #end}. Filled by
 * whoever makes the pool; the counts, and the end, are for anybody.
 */
final class WorkerThreads {
  private final Consumer<Throwable> failed;
  private final List<AgentRunner> runners = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger alive = new AtomicInteger();

  /** Who is told of a thread that ends although nobody has asked for it. */
  WorkerThreads(Consumer<Throwable> failed) {
    this.failed = failed;
  }

  /** Adds a thread, which {@link #start} starts. */
  void add(Thread.Builder thread, AgentRunner.Step step, Consumer<Throwable> alsoFailed) {
    AgentRunner runner =
        AgentRunner.repeat(
            step,
            e -> {
              alsoFailed.accept(e);
              failed.accept(e);
            });
    runners.add(runner);
    threads.add(
        thread.unstarted(() -> {
          try {
            runner.run();
          } finally {
            alive.decrementAndGet();
          }
        }));
  }

  void start() {
    alive.set(threads.size());
    threads.forEach(Thread::start);
  }

  int alive() {
    return alive.get();
  }

  /** Asks all of them to end, and interrupts what they do. */
  void end() {
    runners.forEach(AgentRunner::end);
  }

  /** Waits until all have ended, for a moment; whether they have. */
  boolean join() {
    return Threads.join(Threads.PATIENCE, threads);
  }
}
