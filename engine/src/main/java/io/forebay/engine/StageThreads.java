package io.forebay.engine;

import io.forebay.internal.concurrent.AgentRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The virtual threads of a stage, each of which repeats a step. Should one end that nobody has
 * ended, the pipeline fails: what it would have done is never done otherwise.
 *
 * <p>Made, filled and ended by the stage's owner; the counts are for anybody.
 */
final class StageThreads {
  /** How long a thread that was interrupted may take to notice. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private final String stage;
  private final Completions completions;
  private final List<AgentRunner> runners = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean ending;

  StageThreads(String stage, Completions completions) {
    this.stage = stage;
    this.completions = completions;
  }

  /** Starts a thread. */
  void start(String what, AgentRunner.Step step) {
    AgentRunner runner = AgentRunner.repeat(step, cause -> completions.failed(stage, cause));
    runners.add(runner);
    threads.add(Thread.ofVirtual().name(stage + "-" + what).start(runner));
  }

  /** Whether they were asked to end: an interrupt is no record's fault then. */
  boolean isEnding() {
    return ending;
  }

  /** Before a function is called: forgets an interrupt that was meant for what came before. */
  void forgetInterrupt() {
    if (Thread.interrupted() && ending) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many there are, if all of them live; otherwise, as far as they do. */
  int alive() {
    return (int) threads.stream().filter(Thread::isAlive).count();
  }

  /**
   * Ends the threads and closes the stage's function, if that can be closed.
   *
   * @return whether all threads have ended
   */
  boolean end(Duration deadline, Object function) {
    ending = true;
    runners.forEach(AgentRunner::end);
    Duration patience = deadline.compareTo(PATIENCE) > 0 ? deadline : PATIENCE;
    boolean ended = join(patience, threads);
    if (function instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Throwable e) {
        // The batches are done; there is nothing left that this could spoil.
      }
    }
    return ended;
  }

  /** Waits for the threads, all together at most {@code patience}; whether they have ended. */
  static boolean join(Duration patience, List<Thread> threads) {
    boolean interrupted = false;
    boolean ended = true;
    Duration left = patience;
    for (Thread thread : threads) {
      long begin = SystemTicker.INSTANCE.nanos();
      try {
        ended &= thread.join(left.isNegative() ? Duration.ZERO : left);
      } catch (InterruptedException e) {
        interrupted = true;
        ended &= !thread.isAlive();
      }
      left = left.minusNanos(SystemTicker.INSTANCE.nanos() - begin);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended;
  }
}
