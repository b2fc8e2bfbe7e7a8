package io.forebay.workers;

import io.forebay.ConfigurationException;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks after a pool's workers: starts them, notices their end, replaces them, keeps the deadlines
 * of calls, and takes results that nobody waits for.
 *
 * <p>One daemon platform thread; what happens elsewhere (a process has ended, a worker is ready)
 * comes to it through {@code events}, so that the fields here belong to that thread. Starting a
 * worker takes its time and is done on a short-lived thread each.
 */
final class Supervisor implements Runnable {
  static final long FIRST_BACKOFF_NANOS = 100_000_000;
  static final long LONGEST_BACKOFF_NANOS = 30_000_000_000L;
  private static final long SPARE_NANOS = 2_000_000_000;
  private static final long TICK_NANOS = 250_000_000;
  private static final long COALESCED_NANOS = 10_000_000;
  private static final long SILENCE_NANOS = 10_000_000_000L;

  private final ProcessPool pool;
  private final Fleet fleet;
  private final WorkerLog log;
  private final Recruiter recruiter;
  private final boolean beatsDuringCalls;
  private final Thread thread;
  private final OutputReader outputs;
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final List<Worker> living = new ArrayList<>();
  private final Random random;
  private final Recycler recycler;
  private long lastTick;

  Supervisor(ProcessPool pool, Recruiter.Plan plan, WorkerLog log) {
    this.pool = pool;
    this.fleet = pool.fleet;
    this.log = WorkerLog.guarded(log);
    this.recruiter = new Recruiter(pool.config, plan, this.log);
    this.beatsDuringCalls = plan.function().program().beatsDuringCalls();
    this.random = new Random(ProcessHandle.current().pid() ^ MonotonicClock.nanos());
    this.recycler = new Recycler(pool.options, random);
    this.outputs = new OutputReader(pool.config.name());
    this.lastTick = MonotonicClock.nanos();
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("forebay-" + pool.config.name() + "-supervisor")
            .unstarted(this);
  }

  boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  /** Starts all workers at once and waits for them. */
  void startAll() throws IOException, InterruptedException {
    outputs.start();
    thread.start();
    List<CompletableFuture<@Nullable WorkerEnd>> first = new ArrayList<>();
    for (int i = 0; i < pool.workers(); i++) {
      int position = i;
      CompletableFuture<@Nullable WorkerEnd> outcome = new CompletableFuture<>();
      first.add(outcome);
      post(() -> start(position, outcome));
    }
    for (CompletableFuture<@Nullable WorkerEnd> outcome : first) {
      WorkerEnd end;
      try {
        end = outcome.get();
      } catch (ExecutionException e) {
        throw new IOException("the workers of stage " + pool.config.name() + " cannot start", e);
      }
      if (end != null) {
        throw new ConfigurationException(
            "stage "
                + pool.config.name()
                + " cannot start: a worker "
                + end.what()
                + ": "
                + end.advice()
                + (end.evidence().isEmpty() ? "" : "\n" + end.evidence()));
      }
    }
    post(() -> {
      for (int i = pool.workers(); i < fleet.places().length; i++) {
        fleet.places()[i].startAt = MonotonicClock.nanos() + SPARE_NANOS;
      }
    });
  }

  /** Ends everything; returns when it has ended, unless it is the supervisor who asks. */
  void shutDown() {
    pool.doorbell.wakeUp();
    if (isCurrentThread() || thread.getState() == Thread.State.NEW) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is said of calls while the breaker is open; with the pool's lock. */
  Completion.Unavailable unavailable(long now) {
    Duration pause = Duration.ofNanos(Math.max(1, fleet.breaker.nextTry() - now));
    return new Completion.Unavailable(
        "stage "
            + pool.config.name()
            + " does not call its workers for "
            + WorkerEnd.text(pause.plusMillis(999).truncatedTo(ChronoUnit.SECONDS))
            + " because "
            + fleet.breaker.why()
            + ": look at what was said about their ends",
        pause);
  }

  private void post(Runnable event) {
    events.add(event);
    pool.doorbell.wakeUp();
  }

  // ------------------------------------------------------------------ the loop

  @Override
  public void run() {
    try {
      while (pool.state() != ProcessPool.State.CLOSED) {
        try {
          step();
        } catch (IOException e) {
          log.supervised(
              "the supervisor of stage " + pool.config.name() + " goes on after " + e.getMessage());
        }
      }
    } catch (RuntimeException | Error e) {
      // Without supervision a batch could wait for ever: end with everything told instead.
      pool.fail();
      log.supervised(
          "the pool of stage "
              + pool.config.name()
              + " ends because its supervisor failed:\n"
              + ErrorText.detail(e));
    } finally {
      endAll();
    }
  }

  private void step() throws IOException {
    long now = MonotonicClock.nanos();
    long until = now + TICK_NANOS;
    pool.settleFinished();
    for (Runnable event = events.poll(); event != null; event = events.poll()) {
      event.run();
    }
    boolean resumed;
    fleet.lock.lock();
    try {
      resumed = fleet.resumed;
      fleet.resumed = false;
      until = Math.min(until, fleet.checkDeadlines(now));
      if (fleet.inFlight() > 0) {
        // Where batches are so small that workers ring for some of them at a time.
        until = Math.min(until, now + COALESCED_NANOS);
      }
    } finally {
      fleet.lock.unlock();
    }
    if (resumed) {
      log.supervised(
          "stage " + pool.config.name() + " calls its workers again: a batch got through");
    }
    listen(now);
    if (pool.options.recycles()) {
      recycle(now);
    }
    until = Math.min(until, startDue(now));
    pool.doorbell.superviseFor(
        Math.max(0, until - MonotonicClock.nanos()),
        () -> !events.isEmpty() || pool.state() == ProcessPool.State.CLOSED || pool.arm());
  }

  /** Kills workers that give no sign of life, though this thread does run. */
  private void listen(long now) {
    if (now - lastTick < TICK_NANOS) {
      return;
    }
    boolean late = now - lastTick > 10 * TICK_NANOS;
    lastTick = now;
    for (Worker worker : living) {
      long beat = worker.ring.beat();
      if (beat != worker.lastBeat || late) {
        worker.lastBeat = beat;
        worker.heardAt = now;
      } else if (now - worker.heardAt > SILENCE_NANOS || worker.hungUp) {
        fleet.lock.lock();
        try {
          if (!worker.hungUp && !beatsDuringCalls && worker.isCalling()) {
            continue; // The call's deadline decides.
          }
          fleet.condemn(
              worker,
              WorkerEnd.unresponsive(Duration.ofNanos(now - worker.heardAt), worker.output.tail()));
        } finally {
          fleet.lock.unlock();
        }
      }
    }
  }

  /** Puts spares into the places of workers that have worked enough, one for each spare. */
  private void recycle(long now) {
    fleet.lock.lock();
    try {
      for (Worker worker : fleet.active()) {
        if (worker.position < 0
            || worker.condemned != null
            || !recycler.isDue(worker, worker.taken, now)) {
          continue;
        }
        Worker spare = fleet.takeSpare();
        if (spare == null) {
          break; // The one that replaces it starts first.
        }
        // The next spare is started when this worker has ended: there is memory for one ring each.
        fleet.relieve(worker, spare);
        fleet.dispatch(now);
      }
      fleet.endRelieved();
    } finally {
      fleet.lock.unlock();
    }
  }

  // ------------------------------------------------------------------ beginnings

  private long startDue(long now) {
    long next = Long.MAX_VALUE;
    Fleet.Place[] places = fleet.places();
    for (int i = 0; i < places.length; i++) {
      Fleet.Place place = places[i];
      if (place.worker != null || place.starting || place.startAt == Long.MAX_VALUE) {
        continue;
      }
      if (isBreakerOpen(now)) {
        next = Math.min(next, fleet.breaker.nextTry());
      } else if (place.startAt > now) {
        next = Math.min(next, place.startAt);
      } else {
        start(i, null);
      }
    }
    return next;
  }

  private boolean isBreakerOpen(long now) {
    fleet.lock.lock();
    try {
      return fleet.breaker.isOpen(now);
    } finally {
      fleet.lock.unlock();
    }
  }

  private void start(int position, @Nullable CompletableFuture<@Nullable WorkerEnd> outcome) {
    Fleet.Place place = fleet.places()[position];
    place.starting = true;
    place.startAt = Long.MAX_VALUE;
    boolean spare = fleet.isSpare(position);
    String name =
        pool.config.name()
            + (spare ? " spare-" + (position - pool.workers() + 1) : " worker-" + (position + 1));
    recruiter.start(
        name,
        new Recruiter.Outcome() {
          @Override
          public void ready(Worker worker) {
            post(() -> Supervisor.this.ready(position, worker, outcome));
          }

          @Override
          public void failed(WorkerLauncher.Start start, WorkerEnd end) {
            post(() -> Supervisor.this.failed(position, start, end, outcome));
          }
        });
  }

  private void ready(
      int position, Worker worker, @Nullable CompletableFuture<@Nullable WorkerEnd> outcome) {
    recruiter.handedOver(worker);
    living.add(worker);
    outputs.add(worker.output);
    recycler.begins(worker);
    worker.heardAt = MonotonicClock.nanos();
    try {
      pool.doorbell.add(worker);
    } catch (IOException e) {
      worker.kill();
    }
    fleet.lock.lock();
    try {
      fleet.occupy(position, worker);
      fleet.dispatch(MonotonicClock.nanos());
    } finally {
      fleet.lock.unlock();
    }
    var _ = worker.process.onExit().thenRun(() -> post(() -> bury(worker)));
    if (outcome != null) {
      outcome.complete(null);
    }
  }

  private void failed(
      int position,
      WorkerLauncher.Start start,
      WorkerEnd end,
      @Nullable CompletableFuture<@Nullable WorkerEnd> outcome) {
    recruiter.free(start.region());
    Grandchildren.kill(start.mark());
    fleet.places()[position].starting = false;
    if (outcome != null) {
      outcome.complete(end);
    } else if (pool.state() != ProcessPool.State.CLOSED) {
      replace(position, start.name(), end, "");
    }
  }

  // ------------------------------------------------------------------ ends

  private void bury(Worker worker) {
    if (pool.state() == ProcessPool.State.CLOSED || !living.remove(worker)) {
      return; // endAll() sees to the rest.
    }
    // First, because they may hold its standard output.
    int grandchildren = Grandchildren.kill(worker.mark);
    WorkerOutput.Tail tail = outputs.end(worker.output);
    worker.closeChannel();
    Fleet.Burial burial;
    int position = worker.position;
    WorkerEnd end;
    fleet.lock.lock();
    try {
      end =
          worker.condemned != null
              ? worker.condemned
              : WorkerEnd.ofExit(worker.process.exitValue(), tail, pool.config.memoryBytes());
      burial = fleet.bury(worker, end, MonotonicClock.nanos());
    } finally {
      fleet.lock.unlock();
    }
    recruiter.free(worker.region);
    recycler.ended(worker);
    String fate =
        burial.retried() == 0
            ? ""
            : "; " + burial.retried() + " of its batches go to other workers";
    if (grandchildren > 0) {
      fate += "; " + grandchildren + " processes that it had started were killed, too";
    }
    if (end.kind().planned() || position < 0) {
      refill(position);
    } else {
      replace(position, worker.name, end, fate);
    }
    if (position < 0 && !end.kind().planned()) {
      log.supervised(worker.name + " " + end.what() + fate + ": " + end.advice());
    }
    pool.settle(burial.answered());
    pool.giveUp(burial.lost());
  }

  /**
   * After an end that is no failure: fills the place at once, if the worker still had one.
   *
   * @param position -1 if another worker has its place already
   */
  private void refill(int position) {
    long now = MonotonicClock.nanos();
    fleet.lock.lock();
    try {
      if (position >= 0) {
        Worker spare = fleet.isSpare(position) ? null : fleet.takeSpare();
        int empty = spare == null ? position : spare.position;
        if (spare != null) {
          fleet.occupy(position, spare);
        }
        fleet.places()[empty].startAt = now;
      } else {
        fleet.emptySpares().forEach(place -> place.startAt = now);
      }
      fleet.dispatch(now);
    } finally {
      fleet.lock.unlock();
    }
  }

  /** Fills an empty place: with the spare at once, otherwise after a while. */
  private void replace(int position, String name, WorkerEnd end, String fate) {
    long now = MonotonicClock.nanos();
    Completion.Unavailable opened = null;
    boolean spared = false;
    List<Call> lost = List.of();
    Fleet.Place place = fleet.places()[position];
    long delay;
    fleet.lock.lock();
    try {
      delay = backoff(place.failures++);
      if (fleet.breaker.died(now)) {
        opened = unavailable(now);
        lost = fleet.giveUpPending(opened.reason(), opened.retryAfter());
      }
      Worker spare = opened != null || fleet.isSpare(position) ? null : fleet.takeSpare();
      if (spare != null) {
        int spareAt = spare.position;
        fleet.occupy(position, spare);
        fleet.places()[spareAt].startAt = now + delay;
        spared = true;
      } else {
        place.startAt = now + delay;
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
    pool.giveUp(lost);
  }

  /** 100 ms, doubled for each failure in a row, up to 30 s, ± 25 %. */
  private long backoff(int failures) {
    long nanos = Math.min(LONGEST_BACKOFF_NANOS, FIRST_BACKOFF_NANOS << Math.min(failures, 20));
    return (long) (nanos * (0.75 + random.nextDouble() / 2));
  }

  private void endAll() {
    living.forEach(Worker::kill);
    recruiter.close();
    // A worker that became ready meanwhile waits in the events, to be killed.
    for (Runnable event = events.poll(); event != null; event = events.poll()) {
      event.run();
    }
    String reason =
        "the pool of stage " + pool.config.name() + " was closed before the batch was computed";
    for (Worker worker : List.copyOf(living)) {
      worker.kill();
      Recruiter.awaitEnd(worker.process);
      Grandchildren.kill(worker.mark);
      worker.closeChannel();
      outputs.end(worker.output);
      Call answered;
      fleet.lock.lock();
      try {
        answered = fleet.abandon(worker);
      } finally {
        fleet.lock.unlock();
      }
      pool.settle(answered);
    }
    living.clear();
    List<Call> lost;
    fleet.lock.lock();
    try {
      lost = fleet.giveUpPending(reason, Duration.ZERO);
    } finally {
      fleet.lock.unlock();
    }
    pool.giveUp(lost);
    outputs.close();
    try {
      pool.doorbell.close();
    } catch (IOException e) {
      log.supervised("the selector of stage " + pool.config.name() + ": " + e.getMessage());
    }
  }
}
