package io.forebay.workers.internal.process;

import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.internal.protocol.Ring;
import io.forebay.workers.internal.protocol.WorkerExitCode;
import java.util.concurrent.locks.LockSupport;

/**
 * In a worker: gives a sign of life some times a second, and ends the process when the engine has
 * died. Runs on a daemon thread of its own, so that neither an endless loop nor a deadlock in the
 * function keeps an orphan alive.
 */
final class Heartbeat implements Runnable {
  static final long BEAT_NANOS = 200_000_000;

  private final Ring ring;
  private final long enginePid;

  Heartbeat(Ring ring, long enginePid) {
    this.ring = ring;
    this.enginePid = enginePid;
  }

  @Override
  public void run() {
    try {
      beat();
    } catch (Throwable e) { // Without a heartbeat the worker would outlive its engine.
      System.err.println("the worker ends because its heartbeat failed: " + e);
      Runtime.getRuntime().halt(WorkerExitCode.FAILED);
    }
  }

  private void beat() {
    for (long beats = 0; ; beats++) {
      if (beats == 1) {
        IgnoredSignals.install(); // Not on the way to the first result.
      }
      ring.beat(MonotonicClock.nanos());
      ProcessHandle parent = ProcessHandle.current().parent().orElse(null);
      if (parent == null || parent.pid() != enginePid) {
        Grandchildren.killOwn();
        Runtime.getRuntime().halt(0);
      }
      Thread.interrupted(); // The function's code may interrupt whom it likes.
      LockSupport.parkNanos(BEAT_NANOS);
    }
  }
}
