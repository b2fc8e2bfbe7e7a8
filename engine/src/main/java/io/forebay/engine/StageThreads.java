package io.forebay.engine;

import java.time.Duration;
import java.util.List;

/** How the engine's own threads are ended. */
final class StageThreads {
  /** How long a thread that was interrupted may take to notice. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private StageThreads() {}

  /**
   * Interrupts the threads of a stage and closes its function, if that can be closed.
   *
   * @return whether all threads have ended
   */
  static boolean end(Duration deadline, Object function, Thread... threads) {
    for (Thread thread : threads) {
      thread.interrupt();
    }
    Duration patience = deadline.compareTo(PATIENCE) > 0 ? deadline : PATIENCE;
    boolean ended = join(patience, List.of(threads));
    if (function instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
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
