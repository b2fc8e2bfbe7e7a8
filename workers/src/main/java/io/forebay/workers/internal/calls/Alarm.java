package io.forebay.workers.internal.calls;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Goes off once, when the time is over that something had; unless it is switched off before. What
 * it does then runs on the one timer thread of this virtual machine: it must be short.
 */
public final class Alarm {
  private final CompletableFuture<Void> timer = new CompletableFuture<>();

  private Alarm() {}

  /** Sets an alarm; {@code Long.MAX_VALUE} never goes off. */
  public static Alarm in(long nanos, Runnable action) {
    Alarm alarm = new Alarm();
    if (nanos != Long.MAX_VALUE) {
      var _ = alarm.timer.thenRun(action);
      alarm.timer.completeOnTimeout(null, Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
    return alarm;
  }

  /**
   * Has the timer thread of this virtual machine started, if nobody had before. It lives for ever,
   * and keeps the context class loader of whoever is first: that must not be a program that is
   * unloaded one day.
   */
  public static void startTimer() {
    Thread thread = Thread.currentThread();
    ClassLoader context = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    try {
      in(0, () -> {}).off();
    } finally {
      thread.setContextClassLoader(context);
    }
  }

  /** Switches it off; what it has begun goes on. */
  public void off() {
    timer.cancel(false);
  }
}
