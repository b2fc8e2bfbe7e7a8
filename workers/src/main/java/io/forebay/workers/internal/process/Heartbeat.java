package io.forebay.workers.internal.process;

import io.forebay.internal.meters.GarbageCollections;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.internal.calls.CallThread;
import io.forebay.workers.internal.calls.LockWatch;
import io.forebay.workers.internal.protocol.Ring;
import io.forebay.workers.internal.protocol.WorkerExitCode;
import java.util.concurrent.locks.LockSupport;

/**
 * In a worker: gives a sign of life some times a second, says what the worker has waited for, and
 * ends the process when the engine has died. Runs on a daemon thread of its own, so that neither an
 * endless loop nor a deadlock in the function keeps an orphan alive.
 */
final class Heartbeat implements Runnable {
  static final long BEAT_NANOS = 200_000_000;

  private static final long[] NOBODY = {};

  private final Ring ring;
  private final long enginePid;
  private final CallThread calls;
  private final LockWatch locks = new LockWatch();
  private final long[] watched;

  Heartbeat(Ring ring, long enginePid, CallThread calls) {
    this.ring = ring;
    this.enginePid = enginePid;
    this.calls = calls;
    this.watched = new long[] {calls.threadId()};
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
      long now = MonotonicClock.nanos();
      ring.beat(now);
      if (beats > 1) { // As above: management classes take their time.
        locks.sample(calls.isCalling() ? watched : NOBODY, now);
        ring.waits(GarbageCollections.nanos(), locks.nanos());
      }
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
