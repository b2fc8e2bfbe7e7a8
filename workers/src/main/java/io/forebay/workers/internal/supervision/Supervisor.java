package io.forebay.workers.internal.supervision;

import io.forebay.errors.ConfigurationException;
import io.forebay.internal.events.WorkerEndEvent;
import io.forebay.internal.events.WorkerStartEvent;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.launch.OutputReader;
import io.forebay.workers.internal.launch.OutputTail;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.process.Grandchildren;
import io.forebay.workers.internal.protocol.ReplyMemory;
import io.forebay.workers.internal.protocol.WorkerExitCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The thread that looks after a pool's workers: it notices their end, keeps the deadlines of calls
 * ({@link Deadlines}) and of signs of life ({@link HealthWatch}), has places filled ({@link
 * Restarter}), and takes results that nobody waits for.
 *
 * <p>One daemon platform thread; what happens elsewhere (a process has ended, a worker is ready)
 * comes to it through {@code events}, so that the fields here, and all of {@code Restarter}, {@code
 * HealthWatch} and {@link Recycler}, belong to that thread.
 */
public final class Supervisor implements Runnable {
  private static final long COALESCED_NANOS = 10_000_000;

  private final ProcessPool pool;
  private final Fleet fleet;
  private final WorkerLog log;
  public final WorkerStarter starter;
  private final Thread thread;
  private final OutputReader outputs;
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final List<Worker> living = new ArrayList<>();
  private final Restarter restarter;
  private final Deadlines deadlines;
  private final HealthWatch health;
  private final Recycler recycler;

  /** Why it has ended, where it was not asked to. */
  private String broken = "";

  Supervisor(
      ProcessPool pool, WorkerStarter.Plan plan, @Nullable ReplyMemory replies, WorkerLog log) {
    this.pool = pool;
    this.fleet = pool.fleet;
    this.log = WorkerLog.guarded(log);
    this.starter = new WorkerStarter(pool.config, plan, replies, this.log);
    Random random = new Random(ProcessHandle.current().pid() ^ MonotonicClock.nanos());
    this.restarter = new Restarter(pool, starter, this.log, random, this);
    this.deadlines = new Deadlines(fleet, pool.config.processes().timeout());
    boolean beatsDuringCalls = plan.program().beatsDuringCalls();
    this.health =
        new HealthWatch(
            fleet, beatsDuringCalls, pool.config.processes().priority(), MonotonicClock.nanos());
    this.recycler = new Recycler(pool.config.processes().recycling(), random);
    this.outputs = new OutputReader(pool.config.name());
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
      post(() -> restarter.start(position, outcome));
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
    post(restarter::planSpares);
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

  /** Has something done by the supervisor's thread; any thread may ask. */
  void post(Runnable event) {
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
      broken = " (its supervisor failed: " + ErrorText.headline(e) + ")";
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
    long until = now + HealthWatch.TICK_NANOS;
    pool.settlement.settleFinished();
    for (Runnable event = events.poll(); event != null; event = events.poll()) {
      event.run();
    }
    boolean resumed;
    boolean spareWanted;
    fleet.lock.lock();
    try {
      resumed = fleet.takeResumed();
      spareWanted = fleet.relieveForCareful(now);
      fleet.endRelieved();
      until = Math.min(until, deadlines.check(now));
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
    if (spareWanted) {
      restarter.refillSpares(now);
    }
    health.listen(now);
    if (pool.config.processes().recycling().isWanted()) {
      recycle(now);
    }
    until = Math.min(until, restarter.startDue(now));
    pool.doorbell.superviseFor(
        Math.max(0, until - MonotonicClock.nanos()),
        () ->
            !events.isEmpty() || pool.state() == ProcessPool.State.CLOSED || pool.settlement.arm());
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
        Worker spare = fleet.places.takeSpare();
        if (spare == null) {
          break; // The one that replaces it starts first.
        }
        // The next spare is started when this worker has ended: there is memory for one ring each.
        fleet.places.relieve(worker, spare);
        fleet.dispatch(now);
      }
    } finally {
      fleet.lock.unlock();
    }
  }

  // ------------------------------------------------------------------ beginnings and ends

  /** A worker is ready: it is looked after from now on. By the supervisor's thread. */
  void watch(Worker worker) {
    starter.release(worker);
    living.add(worker);
    WorkerStartEvent.ready(pool.config.name(), worker.name, worker.process.pid());
    outputs.add(worker.output);
    recycler.begins(worker);
    health.begins(worker, MonotonicClock.nanos());
    try {
      pool.doorbell.add(worker);
    } catch (IOException e) {
      worker.kill();
    }
    var _ = worker.process.onExit().thenRun(() -> post(() -> reap(worker)));
  }

  private void reap(Worker worker) {
    if (pool.state() == ProcessPool.State.CLOSED || !living.remove(worker)) {
      return; // endAll() sees to the rest.
    }
    // First, because they may hold its standard output.
    int grandchildren = Grandchildren.kill(worker.mark, worker.process.pid());
    OutputTail tail = outputs.end(worker.output);
    worker.closeChannel();
    Fleet.Reaped reaped;
    int position = worker.position;
    WorkerEnd end;
    fleet.lock.lock();
    try {
      end = endOf(worker, tail);
      reaped = fleet.reap(worker, end, MonotonicClock.nanos());
    } finally {
      fleet.lock.unlock();
    }
    WorkerEndEvent.ended(
        pool.config.name(),
        worker.name,
        worker.process.pid(),
        end.kind().name(),
        end.what(),
        reaped.retried());
    starter.free(worker.region);
    recycler.ended(worker);
    health.ended(worker);
    String fate =
        reaped.retried() == 0
            ? ""
            : "; " + reaped.retried() + " of its batches go to other workers";
    if (grandchildren > 0) {
      fate += "; " + grandchildren + " processes that it had started were killed, too";
    }
    if (end.kind().planned() || position < 0) {
      restarter.refill(position);
    } else {
      restarter.replace(position, worker.name, end, fate, reaped.expected());
    }
    if (position < 0 && !end.kind().planned()) {
      log.supervised(worker.name + " " + end.what() + fate + ": " + end.advice());
    }
    pool.settlement.settle(reaped.answered());
    pool.settlement.giveUp(reaped.lost());
  }

  /** A worker whose channel is closed ends by itself, unless it is in a call. */
  private void letEnd(Duration patience) {
    if (patience.isPositive()) {
      living.forEach(Worker::closeChannel);
      long until = MonotonicClock.nanos() + patience.toNanos();
      living.forEach(worker -> WorkerStarter.awaitEnd(worker.process, until));
    }
  }

  private WorkerEnd endOf(Worker worker, OutputTail tail) {
    int code = worker.process.exitValue();
    if (worker.condemned != null) {
      return worker.condemned;
    }
    return code == WorkerExitCode.NEAR_LIMIT && !worker.isCalling()
        ? WorkerEnd.nearLimit()
        : WorkerEnd.ofExit(code, tail, pool.config.processes().memoryBytes());
  }

  private void endAll() {
    letEnd(pool.config.processes().launch().farewell());
    living.forEach(Worker::kill);
    starter.close();
    // A worker that became ready meanwhile waits in the events, to be killed.
    for (Runnable event = events.poll(); event != null; event = events.poll()) {
      event.run();
    }
    String reason =
        "the pool of stage "
            + pool.config.name()
            + " was closed before the batch was computed"
            + broken;
    for (Worker worker : List.copyOf(living)) {
      worker.kill();
      WorkerStarter.awaitEnd(worker.process);
      Grandchildren.kill(worker.mark, worker.process.pid());
      worker.closeChannel();
      outputs.end(worker.output);
      Call answered;
      fleet.lock.lock();
      try {
        answered = fleet.abandon(worker);
      } finally {
        fleet.lock.unlock();
      }
      pool.settlement.settle(answered);
    }
    living.clear();
    List<Call> lost;
    fleet.lock.lock();
    try {
      lost = fleet.giveUpPending(reason, Duration.ZERO);
    } finally {
      fleet.lock.unlock();
    }
    pool.settlement.giveUp(lost);
    outputs.close();
    try {
      pool.doorbell.close();
    } catch (IOException e) {
      log.supervised("the selector of stage " + pool.config.name() + ": " + e.getMessage());
    }
  }
}
