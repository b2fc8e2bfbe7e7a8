package io.forebay.workers.internal.calls;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.protocol.WorkerExitCode;
import java.io.IOException;

/**
 * The thread of a worker that calls the function and speaks with the engine. An interrupt is for
 * the function that has it coming: it ends with the call, and outside of calls there is none,
 * because it would close the channel to the engine.
 */
public final class CallThread extends Thread {
  private static final int MOST_CAUSES = 20;

  private final Object monitor = new Object();

  @GuardedBy("monitor")
  private boolean calling;

  public CallThread(Runnable work) {
    super(work, "main");
  }

  /**
   * Ends the process if {@code error} says that something has run out, which records before the one
   * at hand may have taken; returns if the record is to blame.
   */
  static void endIfExhausted(Throwable error) {
    int depth = 0;
    for (Throwable cause = error; cause != null && depth < MOST_CAUSES; cause = cause.getCause()) {
      depth++;
      String message = cause.getMessage();
      if (cause instanceof IOException
          && message != null
          && message.contains("Too many open files")) {
        System.err.println("Exhausted: " + ErrorText.headline(cause));
        Runtime.getRuntime().halt(WorkerExitCode.EXHAUSTED);
      }
    }
  }

  @SuppressWarnings("ThreadJoinLoop") // it is one, until the thread has ended
  public void startAndJoin() {
    start();
    while (true) {
      try {
        join();
        return;
      } catch (InterruptedException e) {
        // By code of the function; there is nothing to stop here.
      }
    }
  }

  @Override
  public void interrupt() {
    synchronized (monitor) {
      if (calling) {
        super.interrupt();
      }
    }
  }

  /** Whether it is in a call. By any thread. */
  public boolean isCalling() {
    synchronized (monitor) {
      return calling;
    }
  }

  /** The function is called from now on. By this thread. */
  public void beginCall() {
    synchronized (monitor) {
      calling = true;
    }
  }

  /** The call is over, and with it what it was interrupted for. By this thread. */
  public void endCall() {
    synchronized (monitor) {
      calling = false;
      Thread.interrupted();
    }
  }
}
