package io.forebay.workers.api;

import io.forebay.internal.concurrent.AgentRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The threads of a pool in this process, each of which repeats a step until {@link #end}. Filled by
 * whoever makes the pool; the counts, and the end, are for anybody.
 */
public final class WorkerThreads {
  /** How long a thread that was interrupted may take to notice. */
  public static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Consumer<Throwable> failed;
  private final List<AgentRunner> runners = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger alive = new AtomicInteger();

  /** Who is told of a thread that ends although nobody has asked for it. */
  public WorkerThreads(Consumer<Throwable> failed) {
    this.failed = failed;
  }

  /** Adds a thread, which {@link #start} starts. */
  public void add(Thread.Builder thread, AgentRunner.Step step) {
    AgentRunner runner = AgentRunner.repeat(step, failed);
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

  public void start() {
    alive.set(threads.size());
    threads.forEach(Thread::start);
  }

  public int alive() {
    return alive.get();
  }

  /** Asks all of them to end, and interrupts what they do. */
  public void end() {
    runners.forEach(AgentRunner::end);
  }

  /** Waits until all have ended, for a moment; whether they have. */
  public boolean join() {
    return join(PATIENCE, threads);
  }

  /**
   * Waits until the threads have ended, all together so long at most; whether they have. An
   * interrupt ends the wait for one of them, and is kept.
   */
  public static boolean join(Duration patience, List<Thread> threads) {
    boolean interrupted = false;
    boolean ended = true;
    long until = MonotonicClock.nanos() + patience.toNanos();
    for (Thread thread : threads) {
      try {
        ended &= thread.join(Duration.ofNanos(Math.max(0, until - MonotonicClock.nanos())));
      } catch (InterruptedException e) {
        interrupted = true;
        ended &= !thread.isAlive();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended;
  }
}
