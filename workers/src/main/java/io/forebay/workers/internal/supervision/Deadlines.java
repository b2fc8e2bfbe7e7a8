package io.forebay.workers.internal.supervision;

import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.process.ThreadTimes;
import java.time.Duration;
import java.util.function.LongFunction;

/**
 * How long a call may be in work: the worker of one that takes longer is killed. What other
 * programs take of the cores is not the call's fault: where the kernel tells, the time in which the
 * worker could have run but had no core does not count, from a tenth of the deadline on, up to nine
 * times the deadline. Stateless but for what the {@link Fleet} and its workers know, whose lock the
 * caller has.
 */
final class Deadlines {
  /** So much later than it could have does a worker begin a call, at most, as far as we believe. */
  private static final long BEGINS_LATE_NANOS = 1_000_000_000L;

  /** Where each record has a deadline of its own, it is looked at so often, at most. */
  private static final long SOONEST_NANOS = 10_000_000;

  /** A call that others keep from the cores is in work for so many deadlines more, at most. */
  private static final int MOST_KEPT = 9;

  private final Fleet fleet;
  private final Duration timeout;
  private final LongFunction<ThreadTimes> threadTimes;

  Deadlines(Fleet fleet, Duration timeout) {
    this(fleet, timeout, ThreadTimes::of);
  }

  /**
   * @param threadTimes of a process, by its number
   */
  Deadlines(Fleet fleet, Duration timeout, LongFunction<ThreadTimes> threadTimes) {
    this.fleet = fleet;
    this.timeout = timeout;
    this.threadTimes = threadTimes;
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
    long tenth = since + timeout.toNanos() / 10;
    if (now < tenth) {
      return Math.min(next, tenth);
    }
    if (worker.watchedSince != since || worker.watched == null) {
      worker.watchedSince = since;
      worker.watched = threadTimes.apply(worker.process.pid());
    }
    long left = since + timeout.toNanos() - now;
    if (left <= 0) {
      long kept = threadTimes.apply(worker.process.pid()).keptByOthersSince(worker.watched);
      left += Math.min(kept, MOST_KEPT * timeout.toNanos());
    }
    if (left > 0) {
      left = Math.max(left, Math.min(SOONEST_NANOS, timeout.toNanos() / 10));
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
