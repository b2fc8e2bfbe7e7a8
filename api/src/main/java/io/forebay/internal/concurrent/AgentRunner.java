package io.forebay.internal.concurrent;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The outermost loop of a thread: whatever ends the thread without being asked for, an {@link
 * Error} as well, is told to one handler, which fails the pipeline or the call that waits for this
 * thread. So no thread ends silently.
 *
 * <p>Code of others (functions, sinks, log handlers) may leave the interrupt flag of its thread
 * set, or interrupt it when it has long gone on. Therefore an interrupt alone asks for nothing:
 * only {@link #end} does, which also interrupts.
 *
 * <pre>{@code
 * AgentRunner writer = AgentRunner.repeat(this::writeNext, e -> lifecycle.fail("…", e));
 * Thread thread = Thread.ofVirtual().name("writer").start(writer);
 * …
 * writer.end();
 * thread.join();
 * }</pre>
 *
 * <p>{@link #run} is for one thread, once; {@link #end} for any.
 */
public final class AgentRunner implements Runnable {
  /** One turn of a loop. */
  @FunctionalInterface
  public interface Step {
    /**
     * Does a piece of the work; may wait, but only before it has taken anything, because a step
     * that is interrupted by nobody's wish is made again.
     *
     * @return whether another step is to follow
     */
    boolean step() throws Exception;
  }

  /** All of a thread's work. */
  @FunctionalInterface
  public interface Task {
    /** Returns when there is nothing more to do. */
    void run() throws Exception;
  }

  private final Step step;
  private final boolean repeated;
  private final Consumer<? super Throwable> failed;
  private volatile boolean ended;
  private volatile @Nullable Thread thread;

  private AgentRunner(Step step, boolean repeated, Consumer<? super Throwable> failed) {
    this.step = step;
    this.repeated = repeated;
    this.failed = failed;
  }

  /**
   * Makes steps until one says that it was the last, until {@link #end}, or until one throws: that
   * is told to {@code failed}. A step that throws {@link InterruptedException} although nobody has
   * asked for the end is made again.
   */
  public static AgentRunner repeat(Step step, Consumer<? super Throwable> failed) {
    return new AgentRunner(step, true, failed);
  }

  /**
   * Runs a task. What it throws is told to {@code failed}, also an {@link InterruptedException} if
   * nobody has asked for the end.
   */
  public static AgentRunner once(Task task, Consumer<? super Throwable> failed) {
    return new AgentRunner(
        () -> {
          task.run();
          return false;
        },
        false,
        failed);
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    try {
      boolean more = true;
      while (more) {
        if (repeated) {
          Thread.interrupted(); // Left behind, or the end, of which the flag below tells.
        }
        if (ended) {
          return;
        }
        more = makeStep();
      }
    } catch (Throwable e) {
      failed.accept(e);
    }
  }

  private boolean makeStep() throws Exception {
    try {
      return step.step();
    } catch (InterruptedException e) {
      if (ended || repeated) {
        return repeated;
      }
      throw e;
    }
  }

  /** Asks the thread to end after the present step, and interrupts that. */
  public void end() {
    ended = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  /** Whether the end was asked for. */
  public boolean isEnding() {
    return ended;
  }
}
