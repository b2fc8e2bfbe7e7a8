package io.forebay.workers.internal.supervision;

import io.forebay.slots.CorruptSlotException;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.Repeat;
import io.forebay.workers.internal.launch.WorkerEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a pool and the calls in flight: which call is where, and what becomes of it when
 * its worker is lost.
 *
 * <p>Everything is guarded by {@link #lock}, also in {@link #places}, {@link #breaker} and the
 * workers; any thread that has it may call. Only {@link #settling}, {@link #active} and {@link
 * #mayHaveFinished} need no lock. A call is in exactly one place: waiting, in one worker's ring,
 * among one worker's orphans, or in a list that some thread settles. {@code inFlight} counts the
 * first three.
 */
public final class Fleet {
  /**
   * What follows from the end of a worker.
   *
   * @param expected whether it has only shown what a record does alone
   */
  record Reaped(@Nullable Call answered, List<Call> lost, int retried, boolean expected) {}

  final ReentrantLock lock = new ReentrantLock();

  /** Calls that were taken from a ring and whose future is not completed yet. */
  final AtomicInteger settling = new AtomicInteger();

  final Places places;
  final Breaker breaker;

  final WorkerCosts costs;
  final UnwantedEnds unwanted = new UnwantedEnds();

  private final RetryPolicy retryPolicy;
  private final WaitingCalls waiting;
  private int inFlight;
  private long timeouts;
  private long restarts;
  private boolean resumed;

  Fleet(PoolConfig config, int spares) {
    this(config, spares, new Breaker(config.workers()));
  }

  Fleet(PoolConfig config, int spares, Breaker breaker) {
    this.breaker = breaker;
    this.retryPolicy = new RetryPolicy(config.name(), breaker);
    this.places = new Places(config.workers(), spares);
    this.costs = new WorkerCosts(config.workers());
    this.waiting = new WaitingCalls(places, config.inFlightPerWorker());
  }

  /** The workers that get or have batches; also without the lock. */
  public Worker[] active() {
    return places.active();
  }

  int inFlight() {
    return inFlight;
  }

  /** Workers that were killed because their calls took too long. */
  long timeouts() {
    return timeouts;
  }

  /** Workers that have died in their places. */
  long restarts() {
    return restarts;
  }

  /** Whether the breaker has closed since this was asked before. */
  boolean takeResumed() {
    boolean now = resumed;
    resumed = false;
    return now;
  }

  // ------------------------------------------------------------------ giving out

  /** Takes a call in; returns the worker to ring for, if there is one. */
  @Nullable Worker submit(Call call, long now) {
    inFlight++;
    return waiting.submit(call, now);
  }

  /** Gives out what is pending; rings for it. */
  void dispatch(long now) {
    waiting.dispatch(now);
  }

  /** See {@link WaitingCalls#relieveForCareful}. */
  boolean relieveForCareful(long now) {
    return waiting.relieveForCareful(now);
  }

  // ------------------------------------------------------------------ taking back

  /** Takes all answers; returns them as a list linked by {@link Call#next}. */
  @Nullable Call harvest(long now) {
    Call list = null;
    for (Worker worker : places.active()) {
      list = harvest(worker, now, list);
    }
    if (!waiting.isEmpty()) {
      dispatch(now);
    }
    return list;
  }

  private @Nullable Call harvest(Worker worker, long now, @Nullable Call list) {
    long head = worker.ring.head();
    if (head == worker.taken
        || (worker.condemned != null && worker.condemned.kind() == WorkerEnd.Kind.NONSENSE)) {
      return list;
    }
    if (head < worker.taken || head > worker.tail) {
      condemn(worker, nonsense(worker, "its ring says that " + head + " batches are done"));
      return list;
    }
    int finished = 0;
    int given = 0;
    long rows = 0;
    while (worker.taken < head) {
      long position = worker.taken;
      Call call = worker.call(position);
      if (worker.ring.entryAnswered(position) != call.ticket) {
        condemn(worker, nonsense(worker, "it has answered another batch than it was given"));
        settling.addAndGet(given);
        return list;
      }
      if (!takeReply(worker)) {
        settling.addAndGet(given);
        return list;
      }
      call.began = Math.clamp(worker.ring.entryBegan(position), call.pushed, now);
      call.ended = Math.clamp(worker.ring.entryEnded(position), call.began, now);
      call.plainRows = worker.ring.plainRows(position);
      call.endedBefore = worker.lastEnded;
      worker.lastEnded = call.ended;
      finished++;
      worker.drop();
      boolean alone = call.alone() >= 0;
      int callRows = alone ? 1 : call.slot.rows();
      worker.batches++;
      worker.rows += callRows;
      rows += callRows;
      if (alone && !call.cancelled && !retryPolicy.recordSurvival(call)) {
        waiting.putBack(call);
        continue;
      }
      given++;
      inFlight--;
      waiting.served(call.ended - call.began);
      call.next = list;
      list = call;
    }
    settling.addAndGet(given);
    worker.ring.taken(worker.taken);
    worker.headChanged(now);
    places.recordWork(worker);
    resumed |= breaker.finished(finished, rows);
    return list;
  }

  /** Takes the answer next in line over into its slot; false if its worker is to die for it. */
  private boolean takeReply(Worker worker) {
    try {
      worker.takeReply();
      return true;
    } catch (CorruptSlotException e) {
      worker.spoiled = worker.suspectLater() ? Worker.Spoiled.BY_OTHERS : Worker.Spoiled.BY_ITSELF;
      condemn(worker, nonsense(worker, String.valueOf(e.getMessage())));
      return false;
    }
  }

  /**
   * An answer that was taken makes no sense: its worker is killed, and the call repeated once it is
   * dead.
   *
   * @return whether the call is given up
   */
  boolean takeBack(Call call, String what, long now) {
    Worker worker = Objects.requireNonNull(call.worker);
    WorkerEnd end = nonsense(worker, what);
    if (!worker.dead) {
      worker.orphans.add(call);
      condemn(worker, end);
    } else if (retryPolicy.chargeMisanswer(call, end)) {
      return true;
    } else {
      waiting.putBack(call);
      dispatch(now);
    }
    inFlight++;
    return false;
  }

  /**
   * Before a sleep: tells the workers when to ring.
   *
   * @return whether there is something to take already
   */
  boolean arm() {
    Worker[] workers = places.active();
    for (Worker worker : workers) {
      // To be woken for each batch costs more than a small batch does: wait for some, but not for
      // more than half of what is there nor for longer than a sleeper notices.
      long few = 100_000 / Math.max(1, waiting.serviceNanos());
      long some = Math.max(1, Math.min(few, worker.load() / 2));
      worker.ring.wake(worker.taken + some);
    }
    return mayHaveFinished();
  }

  /** Whether a worker has finished something that was not taken yet; without the lock a hint. */
  boolean mayHaveFinished() {
    for (Worker worker : places.active()) {
      if (worker.ring.head() != worker.taken && worker.condemned == null) {
        return true;
      }
    }
    return false;
  }

  // ------------------------------------------------------------------ losing

  /** Kills a worker for a reason; what it had is given to others when it is dead. */
  void condemn(Worker worker, WorkerEnd end) {
    if (worker.condemned == null && !worker.dead) {
      waiting.distrust();
      worker.condemned = end;
      if (end.kind() == WorkerEnd.Kind.TIMED_OUT) {
        timeouts++;
      }
      worker.kill();
    }
  }

  private static WorkerEnd nonsense(Worker worker, String what) {
    return WorkerEnd.nonsense(what, worker.output.tail());
  }

  /**
   * Withdraws a call: from the queue, from its worker's ring, or by killing the worker that has it
   * in work.
   *
   * @return whether it was in the queue: it is the caller's to settle then
   */
  boolean cancel(Call call, boolean kill) {
    call.cancelled = true;
    call.killed |= kill;
    if (waiting.withdraw(call)) {
      call.lost = Completion.Unavailable.CANCELLED;
      inFlight--;
      settling.incrementAndGet();
      return true;
    }
    Worker worker = call.worker;
    if (worker != null && !worker.dead && worker.withdraw(call)) {
      killCancelled(worker);
    }
    return false;
  }

  /** Ends the workers that were relieved and have nothing left to do. */
  void endRelieved() {
    for (Worker worker : places.leaving()) {
      if (worker.load() == 0) {
        condemn(worker, WorkerEnd.recycled());
      }
    }
  }

  /**
   * Kills the worker if it is in a call that was cancelled. The worker goes on meanwhile: if it has
   * begun another call since the head was read, it has passed the cancelled one.
   */
  void killCancelled(Worker worker) {
    long head = worker.ring.head();
    if (worker.condemned == null
        && head >= worker.taken
        && head < worker.tail
        && worker.ring.begun() == head + 1
        && worker.call(head).killed) {
      condemn(worker, WorkerEnd.cancelled());
    }
  }

  /**
   * A worker is dead for certain: takes what it has answered, gives the rest to others, and frees
   * its place.
   */
  Reaped reap(Worker worker, WorkerEnd end, long now) {
    worker.dead = true;
    waiting.distrust();
    Call answered = harvest(worker, now, null);
    List<Call> retry = new ArrayList<>();
    List<Call> lost = new ArrayList<>();
    for (Call call : worker.orphans) {
      (isUnwanted(call) || retryPolicy.chargeMisanswer(call, end) ? lost : retry).add(call);
    }
    worker.orphans.clear();
    boolean begun =
        worker.spoiled == null
            ? worker.ring.begun() == worker.taken + 1
            : worker.spoiled == Worker.Spoiled.BY_ITSELF;
    boolean expected = begun && worker.load() > 0 && worker.call(worker.taken).alone() >= 0;
    while (worker.taken < worker.tail) {
      Call call = worker.call(worker.taken);
      worker.drop();
      // A kill that was meant for another call is not charged, but it was called all the same.
      boolean guilty = begun && (!end.kind().planned() || call.options.repeat() == Repeat.NEVER);
      begun = false;
      boolean over = isUnwanted(call) || (guilty && retryPolicy.chargeDeath(call, end));
      (over ? lost : retry).add(call);
    }
    for (int i = retry.size() - 1; i >= 0; i--) {
      waiting.putBack(retry.get(i));
    }
    inFlight -= lost.size();
    settling.addAndGet(lost.size());
    costs.ended(worker, end);
    unwanted.add(worker.name, worker.process.pid(), end, retry.size(), now);
    if (places.remove(worker)) {
      restarts++;
      costs.down(places.empty(), now);
    }
    return new Reaped(answered, lost, retry.size(), expected);
  }

  /** Whether the call was cancelled: it is not computed again. */
  private static boolean isUnwanted(Call call) {
    if (call.cancelled) {
      call.lost = Completion.Unavailable.CANCELLED;
    }
    return call.cancelled;
  }

  /** The pool is closed and the worker dead: what it has not answered waits. */
  @Nullable Call abandon(Worker worker) {
    worker.dead = true;
    Call answered = harvest(worker, MonotonicClock.nanos(), null);
    worker.orphans.forEach(waiting::putBack);
    worker.orphans.clear();
    while (worker.taken < worker.tail) {
      waiting.putBack(worker.call(worker.taken));
      worker.drop();
    }
    costs.left(worker);
    places.remove(worker);
    return answered;
  }

  /** Gives up all that is pending. */
  List<Call> giveUpPending(String reason, Duration retryAfter) {
    List<Call> lost = waiting.takeAll();
    for (Call call : lost) {
      call.lost = new Completion.Unavailable(reason, retryAfter);
    }
    inFlight -= lost.size();
    settling.addAndGet(lost.size());
    return lost;
  }
}
