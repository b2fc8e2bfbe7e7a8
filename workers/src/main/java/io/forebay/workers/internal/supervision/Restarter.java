package io.forebay.workers.internal.supervision;

import io.forebay.workers.api.Completion;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.launch.WorkerLauncher;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fills the places of a pool: starts workers, puts the spare into a place that has become empty,
 * and waits longer and longer where workers fail one after the other.
 *
 * <p>Belongs to the supervisor's thread, to which the outcome of a start comes back: starting a
 * worker takes its time and is done on a short-lived thread each. Who is in which place is guarded
 * by the lock of the {@link Fleet}, which is taken here; what is done for an empty place is not.
 */
final class Restarter {
  private static final long FIRST_BACKOFF_NANOS = 100_000_000;
  private static final long LONGEST_BACKOFF_NANOS = 30_000_000_000L;

  /** The first spares start when the pipeline has begun to run. */
  private static final long SPARE_NANOS = 2_000_000_000;

  private static final long NEVER = Long.MAX_VALUE;

  /** What is done for a place without a worker: one starts now, or later, or never. */
  private static final class Vacancy {
    boolean starting;
    long startAt = NEVER;
  }

  private final ProcessPool pool;
  private final Fleet fleet;
  private final WorkerStarter starter;
  private final WorkerLog log;
  private final Random random;
  private final Supervisor supervisor;
  private final Vacancy[] vacancies;

  Restarter(
      ProcessPool pool,
      WorkerStarter starter,
      WorkerLog log,
      Random random,
      Supervisor supervisor) {
    this.pool = pool;
    this.fleet = pool.fleet;
    this.starter = starter;
    this.log = log;
    this.random = random;
    this.supervisor = supervisor;
    this.vacancies = new Vacancy[fleet.places.count()];
    Arrays.setAll(vacancies, position -> new Vacancy());
  }

  /** The workers are there: spares start soon. */
  void planSpares() {
    for (int i = pool.workers(); i < vacancies.length; i++) {
      vacancies[i].startAt = MonotonicClock.nanos() + SPARE_NANOS;
    }
  }

  /** Starts those whose time has come; returns when to look again. */
  long startDue(long now) {
    long next = Long.MAX_VALUE;
    for (int position = 0; position < vacancies.length; position++) {
      long startAt = vacancies[position].startAt;
      if (startAt == NEVER) {
        continue;
      }
      if (isBreakerOpen(now)) {
        next = Math.min(next, fleet.breaker.nextTry());
      } else if (startAt > now) {
        next = Math.min(next, startAt);
      } else if (starter.hasRegion()) {
        start(position, null);
      } else {
        next = Math.min(next, now + FIRST_BACKOFF_NANOS); // Until one that leaves has ended.
      }
    }
    return next;
  }

  private boolean isBreakerOpen(long now) {
    fleet.lock.lock();
    try {
      return fleet.breaker.advance(now);
    } finally {
      fleet.lock.unlock();
    }
  }

  /**
   * Starts a worker for an empty place.
   *
   * @param outcome is told how its start has ended, null if it is ready; without, a start that
   *     fails is repeated
   */
  void start(int position, @Nullable CompletableFuture<@Nullable WorkerEnd> outcome) {
    vacancies[position].starting = true;
    vacancies[position].startAt = NEVER;
    boolean spare = fleet.places.isSpare(position);
    String name =
        pool.config.name()
            + (spare ? " spare-" + (position - pool.workers() + 1) : " worker-" + (position + 1));
    starter.start(
        name,
        new WorkerStarter.Outcome() {
          @Override
          public void ready(Worker worker) {
            supervisor.post(() -> Restarter.this.ready(position, worker, outcome));
          }

          @Override
          public void failed(WorkerLauncher.Start start, WorkerEnd end) {
            supervisor.post(() -> Restarter.this.failed(position, start, end, outcome));
          }
        });
  }

  private void ready(
      int position, Worker worker, @Nullable CompletableFuture<@Nullable WorkerEnd> outcome) {
    vacancies[position].starting = false;
    supervisor.watch(worker);
    fleet.lock.lock();
    try {
      fleet.places.occupy(position, worker);
      fleet.costs.down(fleet.places.empty(), MonotonicClock.nanos());
      fleet.dispatch(MonotonicClock.nanos());
    } finally {
      fleet.lock.unlock();
    }
    if (outcome != null) {
      outcome.complete(null);
    }
  }

  private void failed(
      int position,
      WorkerLauncher.Start start,
      WorkerEnd end,
      @Nullable CompletableFuture<@Nullable WorkerEnd> outcome) {
    starter.free(start.region());
    vacancies[position].starting = false;
    if (outcome != null) {
      outcome.complete(end);
    } else if (pool.state() != ProcessPool.State.CLOSED) {
      fleet.lock.lock();
      try {
        fleet.unwanted.add(start.name(), 0, end, 0, MonotonicClock.nanos());
      } finally {
        fleet.lock.unlock();
      }
      replace(position, start.name(), end, "", false);
    }
  }

  /**
   * After an end that is no failure: fills the place at once, if the worker still had one.
   *
   * @param position -1 if another worker has its place already
   */
  void refill(int position) {
    long now = MonotonicClock.nanos();
    fleet.lock.lock();
    try {
      if (position >= 0) {
        Worker spare = fleet.places.isSpare(position) ? null : fleet.places.takeSpare();
        int empty = spare == null ? position : spare.position;
        if (spare != null) {
          fleet.places.occupy(position, spare);
        }
        fleet.costs.down(fleet.places.empty(), now);
        vacancies[empty].startAt = now;
      } else {
        refillSpares(now);
      }
      fleet.dispatch(now);
    } finally {
      fleet.lock.unlock();
    }
  }

  /** Starts spares in the places where one was taken and nothing was done since. */
  void refillSpares(long now) {
    for (int i = pool.workers(); i < vacancies.length; i++) {
      Vacancy vacancy = vacancies[i];
      if (fleet.places.at(i) == null && !vacancy.starting && vacancy.startAt == NEVER) {
        vacancy.startAt = now;
      }
    }
  }

  /**
   * Fills an empty place: with the spare at once, otherwise after a while.
   *
   * @param expected whether the end only shows what a record does: it is no sign of a sick function
   */
  void replace(int position, String name, WorkerEnd end, String fate, boolean expected) {
    long now = MonotonicClock.nanos();
    Completion.Unavailable opened = null;
    boolean spared = false;
    List<Call> lost = List.of();
    long delay;
    fleet.lock.lock();
    try {
      delay = backoff(fleet.places.recordFailure(position));
      if (!expected && fleet.breaker.recordDeath(now)) {
        opened = fleet.breaker.unavailable(pool.config.name(), now);
        lost = fleet.giveUpPending(opened.reason(), opened.retryAfter());
      }
      Worker spare =
          opened != null || fleet.places.isSpare(position) ? null : fleet.places.takeSpare();
      if (spare != null) {
        int spareAt = spare.position;
        fleet.places.occupy(position, spare);
        fleet.costs.down(fleet.places.empty(), now);
        vacancies[spareAt].startAt = now + delay;
        spared = true;
      } else {
        vacancies[position].startAt = now + delay;
      }
      fleet.dispatch(now);
    } finally {
      fleet.lock.unlock();
    }
    log.supervised(
        name
            + " "
            + end.what()
            + fate
            + (spared
                ? "; the spare takes its place"
                : "; a new one starts in " + TimeUnit.NANOSECONDS.toMillis(delay) + " ms")
            + ": "
            + end.advice());
    if (opened != null) {
      log.supervised(opened.reason());
    }
    pool.settlement.giveUp(lost);
  }

  /** 100 ms, doubled for each failure in a row, up to 30 s, ± 25 %. */
  private long backoff(int failures) {
    long nanos = Math.min(LONGEST_BACKOFF_NANOS, FIRST_BACKOFF_NANOS << Math.min(failures, 20));
    return (long) (nanos * (0.75 + random.nextDouble() / 2));
  }
}
