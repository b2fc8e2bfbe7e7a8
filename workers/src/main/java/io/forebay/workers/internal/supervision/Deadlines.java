package io.forebay.workers.internal.supervision;

import io.forebay.workers.internal.launch.WorkerEnd;
import java.time.Duration;

/**
 * How long a call may be in work: the worker of one that takes longer is killed. Stateless but for
 * what the {@link Fleet} and its workers know, whose lock the caller has.
 */
final class Deadlines {
  /** So much later than it could have does a worker begin a call, at most, as far as we believe. */
  private static final long BEGINS_LATE_NANOS = 1_000_000_000L;

  /** Where each record has a deadline of its own, it is looked at so often, at most. */
  private static final long SOONEST_NANOS = 10_000_000;

  private final Fleet fleet;
  private final Duration timeout;

  Deadlines(Fleet fleet, Duration timeout) {
    this.fleet = fleet;
    this.timeout = timeout;
  }

  /** Kills the workers whose calls have taken too long; returns when to look again. */
  long check(long now) {
    long next = Long.MAX_VALUE;
    for (Worker worker : fleet.active()) {
      if (worker.condemned == null && worker.load() > 0 && worker.ring.head() == worker.taken) {
        next = Math.min(next, check(worker, now));
      }
    }
    return next;
  }

  private long check(Worker worker, long now) {
    Call call = worker.call(worker.taken);
    boolean begun = worker.ring.begun() > worker.taken;
    if (call.killed) {
      fleet.killCancelled(worker); // It was begun just when it was withdrawn.
    }
    long next = Long.MAX_VALUE;
    long since = worker.headSince();
    if (call.singly()) {
      // Record by record the deadline holds for each of them.
      since = worker.recordSince(call.slot.crashCursor(), now);
      next = now + Math.max(SOONEST_NANOS, timeout.toNanos() / 10);
    } else if (begun) {
      // The worker's word, as far as it is possible: it may have been woken late.
      long latest = Math.min(now, since + BEGINS_LATE_NANOS);
      since = Math.clamp(worker.ring.began(), call.pushed, Math.max(call.pushed, latest));
    }
    long left = since + timeout.toNanos() - now;
    if (left > 0) {
      return Math.min(next, now + left);
    }
    fleet.condemn(
        worker,
        begun
            ? WorkerEnd.timedOut(timeout, call.singly(), worker.output.tail())
            : WorkerEnd.unresponsive(timeout, worker.output.tail()));
    return next;
  }
}
