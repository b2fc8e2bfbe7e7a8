package io.forebay.workers.api;

/**
 * Takes what worker processes print and what becomes of them. Called by threads of the pool, which
 * wait for it: return soon.
 */
public interface WorkerLog {
  /** The message of what a worker has printed; its parameters are the worker and the line. */
  String PRINTED = "[{0}] {1}";

  /**
   * A line that the worker has printed.
   *
   * @param worker for example {@code features worker-1}
   */
  void printed(String worker, String line);

  /** One sentence about a worker: how it ended and what was done about it. */
  void supervised(String sentence);

  /** The same, but for exceptions, which must not end the threads that call it. */
  static WorkerLog guarded(WorkerLog log) {
    return new WorkerLog() {
      @Override
      public void printed(String worker, String line) {
        guard(() -> log.printed(worker, line));
      }

      @Override
      public void supervised(String sentence) {
        guard(() -> log.supervised(sentence));
      }

      private void guard(Runnable call) {
        try {
          call.run();
        } catch (Throwable e) {
          Thread thread = Thread.currentThread();
          thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
      }
    };
  }

  /** Through {@link System.Logger}, under the name {@code io.forebay.workers}. */
  static WorkerLog system() {
    return new WorkerLog() {
      @Override
      public void printed(String worker, String line) {
        logger().log(System.Logger.Level.INFO, PRINTED, worker, line);
      }

      @Override
      public void supervised(String sentence) {
        logger().log(System.Logger.Level.WARNING, () -> sentence);
      }

      // Not before it is needed: the first logger is looked for in the whole class path.
      private System.Logger logger() {
        return System.getLogger("io.forebay.workers");
      }
    };
  }
}
