package io.forebay.workers;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a pool and the calls in flight: which call is where, and what becomes of it when
 * its worker is lost.
 *
 * <p>Everything is guarded by {@link #lock}, but for {@link #settling}. A call is in exactly one
 * place: pending, in one worker's ring, among one worker's orphans, or in a list that some thread
 * settles. {@code inFlight} counts the first three.
 */
final class Fleet {
  /** So much later than it could have does a worker begin a call, at most, as far as we believe. */
  private static final long BEGINS_LATE_NANOS = 1_000_000_000L;

  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final int FEW = 3;
  private static final long QUEUED_NANOS = 500_000;

  /** A place of the pool, its worker if it has one, and when it is to get one if not. */
  static final class Place {
    @Nullable Worker worker;
    boolean starting;
    long startAt = Long.MAX_VALUE;
    int failures;
  }

  /** What follows from the end of a worker. */
  record Burial(@Nullable Call answered, List<Call> lost, int retried) {}

  /** How calls complete that nobody wants. */
  static final Completion CANCELLED =
      new Completion.Unavailable("the call was cancelled", Duration.ZERO);

  final ReentrantLock lock = new ReentrantLock();

  /** Calls that were taken from a ring and whose future is not completed yet. */
  final AtomicInteger settling = new AtomicInteger();

  final Breaker breaker;

  /** The breaker has closed; the supervisor says so. */
  boolean resumed;

  private final String stage;
  private final int workers;
  private final int window;
  private final Duration timeout;
  private final Place[] places;
  private final Deque<Call> pending = new ArrayDeque<>();

  /** Workers whose place another one has taken; they finish what they have. */
  private final List<Worker> leaving = new ArrayList<>();

  private int inFlight;
  private long tickets;
  private long timeouts;
  private long restarts;

  /** Average time in the function, for how much is queued and when to be woken. */
  private long serviceNanos = 1_000_000;

  /** Changes when a worker is lost, which may have written anything anywhere. */
  private int trust;

  /**
   * The workers that get or have batches; copied on change, so that it may be read without the
   * lock.
   */
  private volatile Worker[] active = new Worker[0];

  Fleet(PoolConfig config, int spares) {
    this.stage = config.name();
    this.workers = config.workers();
    this.breaker = new Breaker(workers);
    this.window = config.inFlightPerWorker();
    this.timeout = config.timeout();
    this.places = new Place[workers + spares];
    for (int i = 0; i < places.length; i++) {
      places[i] = new Place();
    }
  }

  Place[] places() {
    return places;
  }

  Worker[] active() {
    return active;
  }

  int inFlight() {
    return inFlight;
  }

  long timeouts() {
    return timeouts;
  }

  long restarts() {
    return restarts;
  }

  // ------------------------------------------------------------------ giving out

  /** Takes a call in; returns the worker to ring for, if there is one. */
  @Nullable Worker submit(Call call, long now) {
    inFlight++;
    if (pending.isEmpty()) {
      Worker worker = leastLoaded();
      if (worker != null) {
        push(worker, call, now);
        return worker;
      }
    }
    pending.add(call);
    return null;
  }

  /** Gives out what is pending; rings for it. */
  void dispatch(long now) {
    while (!pending.isEmpty()) {
      Worker worker = leastLoaded();
      if (worker == null) {
        return;
      }
      push(worker, pending.remove(), now);
      worker.ring();
    }
  }

  private void push(Worker worker, Call call, long now) {
    call.ticket = ++tickets;
    worker.push(call, now, trust);
  }

  /**
   * How many batches are queued at a worker: a few, so that another one that is idle can have the
   * rest, but work enough for a while, because it costs as much as many small batches to wake a
   * worker.
   */
  private int window() {
    return (int) Math.min(window, Math.max(FEW, QUEUED_NANOS / Math.max(1, serviceNanos)));
  }

  private @Nullable Worker leastLoaded() {
    int window = window();
    Worker least = null;
    for (Worker worker : active) {
      if (worker.condemned == null
          && worker.position >= 0
          && worker.load() < window
          && (least == null || worker.load() < least.load())) {
        least = worker;
      }
    }
    return least;
  }

  // ------------------------------------------------------------------ taking back

  /** Takes all answers; returns them as a list linked by {@link Call#next}. */
  @Nullable Call harvest(long now) {
    Call list = null;
    for (Worker worker : active) {
      list = harvest(worker, now, list);
    }
    if (!pending.isEmpty()) {
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
    long before = worker.taken;
    long rows = 0;
    while (worker.taken < head) {
      long position = worker.taken;
      Call call = worker.call(position);
      if (worker.ring.entryAnswered(position) != call.ticket) {
        condemn(worker, nonsense(worker, "it has answered another batch than it was given"));
        settling.addAndGet((int) (worker.taken - before));
        return list;
      }
      call.began = Math.clamp(worker.ring.entryBegan(position), call.pushed, now);
      call.ended = Math.clamp(worker.ring.entryEnded(position), call.began, now);
      call.plainRows = worker.ring.plainRows(position);
      call.endedBefore = worker.lastEnded;
      worker.lastEnded = call.ended;
      rows += call.slot.rows();
      worker.drop();
      inFlight--;
      serviceNanos += (call.ended - call.began - serviceNanos) / 8;
      call.next = list;
      list = call;
    }
    settling.addAndGet((int) (worker.taken - before));
    worker.headSince = now;
    worker.headCursor = -1;
    if (worker.position >= 0) {
      places[worker.position].failures = 0;
    }
    resumed |= breaker.finished((int) (head - before), rows);
    return list;
  }

  /**
   * An answer that was taken makes no sense: its worker is killed, and the call repeated once it is
   * dead.
   *
   * @return whether the call is given up
   */
  boolean takeBack(Call call, String what) {
    Worker worker = Objects.requireNonNull(call.worker);
    WorkerEnd end = nonsense(worker, what);
    if (!worker.dead) {
      worker.orphans.add(call);
      condemn(worker, end);
    } else if (giveUp(call, WorkerEnd.Kind.NONSENSE, -1, end)) {
      return true;
    } else {
      pending.addFirst(call);
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
    Worker[] workers = active;
    for (Worker worker : workers) {
      // To be woken for each batch costs more than a small batch does: wait for some, but not for
      // more than half of what is there nor for longer than a sleeper notices.
      long some = Math.max(1, Math.min(100_000 / Math.max(1, serviceNanos), worker.load() / 2));
      worker.ring.wake(worker.taken + some);
    }
    return mayHaveFinished();
  }

  /** Whether a worker has finished something that was not taken yet; without the lock a hint. */
  boolean mayHaveFinished() {
    for (Worker worker : active) {
      if (worker.ring.head() != worker.taken && worker.condemned == null) {
        return true;
      }
    }
    return false;
  }

  /** A hint, without the lock: whether fewer workers have something to do than there are cores. */
  boolean leavesCores() {
    int busy = 0;
    for (Worker worker : active) {
      busy += worker.ring.isIdle() ? 0 : 1;
    }
    return busy < CORES;
  }

  // ------------------------------------------------------------------ losing

  /** Kills a worker for a reason; what it had is given to others when it is dead. */
  void condemn(Worker worker, WorkerEnd end) {
    if (worker.condemned == null && !worker.dead) {
      trust++;
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
    if (pending.remove(call)) {
      call.lost = CANCELLED;
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

  /** Kills the worker if it is in a call that was cancelled. */
  private void killCancelled(Worker worker) {
    long head = worker.ring.head();
    if (worker.condemned == null
        && head >= worker.taken
        && head < worker.tail
        && worker.ring.begun() > head
        && worker.call(head).killed) {
      condemn(worker, WorkerEnd.cancelled());
    }
  }

  /** Kills the workers whose calls have taken too long; returns when to look again. */
  long checkDeadlines(long now) {
    long next = Long.MAX_VALUE;
    for (Worker worker : active) {
      if (worker.condemned != null || worker.load() == 0 || worker.ring.head() != worker.taken) {
        continue;
      }
      Call call = worker.call(worker.taken);
      boolean begun = worker.ring.begun() > worker.taken;
      if (call.killed) {
        killCancelled(worker); // It was begun just when it was withdrawn.
      }
      long since = worker.headSince;
      if (call.singly()) {
        // Record by record the deadline holds for each of them.
        int cursor = call.slot.crashCursor();
        if (cursor != worker.headCursor) {
          worker.headCursor = cursor;
          worker.headSince = now;
          since = now;
        }
        next = Math.min(next, now + Math.max(10_000_000, timeout.toNanos() / 10));
      } else if (begun) {
        // The worker's word, as far as it is possible: it may have been woken late.
        long latest = Math.min(now, since + BEGINS_LATE_NANOS);
        since = Math.clamp(worker.ring.began(), call.pushed, Math.max(call.pushed, latest));
      }
      long left = since + timeout.toNanos() - now;
      if (left > 0) {
        next = Math.min(next, now + left);
      } else if (begun) {
        condemn(worker, WorkerEnd.timedOut(timeout, call.singly(), worker.output.tail()));
      } else {
        condemn(worker, WorkerEnd.unresponsive(timeout, worker.output.tail()));
      }
    }
    return next;
  }

  /**
   * A worker is dead for certain: takes what it has answered, gives the rest to others, and frees
   * its place.
   */
  Burial bury(Worker worker, WorkerEnd end, long now) {
    worker.dead = true;
    trust++;
    Call answered = harvest(worker, now, null);
    List<Call> retry = new ArrayList<>();
    List<Call> lost = new ArrayList<>();
    for (Call call : worker.orphans) {
      (isUnwanted(call) || giveUp(call, WorkerEnd.Kind.NONSENSE, -1, end) ? lost : retry).add(call);
    }
    worker.orphans.clear();
    boolean begun = worker.ring.begun() == worker.taken + 1;
    while (worker.taken < worker.tail) {
      Call call = worker.call(worker.taken);
      worker.drop();
      // A kill that was meant for another call is not charged, but it was called all the same.
      boolean guilty = begun && (!end.kind().planned() || call.repeat == Repeat.NEVER);
      begun = false;
      boolean over = isUnwanted(call) || (guilty && giveUp(call, end.kind(), cursor(call), end));
      (over ? lost : retry).add(call);
    }
    for (int i = retry.size() - 1; i >= 0; i--) {
      pending.addFirst(retry.get(i));
    }
    inFlight -= lost.size();
    settling.addAndGet(lost.size());
    vacate(worker);
    return new Burial(answered, lost, retry.size());
  }

  /** Whether the call was cancelled: it is not computed again. */
  private static boolean isUnwanted(Call call) {
    if (call.cancelled) {
      call.lost = CANCELLED;
    }
    return call.cancelled;
  }

  private static int cursor(Call call) {
    int cursor = call.slot.crashCursor();
    return cursor >= 0 && cursor < call.slot.rows() ? cursor : -1;
  }

  /** Charges the call with the end of its worker; whether it is given up for that. */
  private boolean giveUp(Call call, WorkerEnd.Kind kind, int cursor, WorkerEnd end) {
    boolean singly = call.singly();
    CallHistory history = call.history == null ? new CallHistory() : call.history;
    call.history = history;
    int rows = call.slot.rows();
    CallHistory.Verdict verdict = history.died(kind, cursor, singly);
    if (!call.repeat.after(kind, rows)) {
      verdict = new CallHistory.Verdict.GiveUp(rows == 1 ? 0 : cursor, history.deaths());
    }
    if (!(verdict instanceof CallHistory.Verdict.GiveUp(int row, int deaths))) {
      return false;
    }
    breaker.blamed(row);
    call.lostTo = kind;
    call.lost =
        new Completion.Lost(
            row,
            "stage "
                + stage
                + " gave up "
                + (row >= 0 ? "a record" : "a batch")
                + " that has cost "
                + (deaths == 1 ? "a worker, which " : deaths + " workers, the last of which ")
                + end.what()
                + ": "
                + end.advice(),
            end.evidence());
    return true;
  }

  /** The pool is closed and the worker dead: what it has not answered becomes pending. */
  @Nullable Call abandon(Worker worker) {
    worker.dead = true;
    Call answered = harvest(worker, MonotonicClock.nanos(), null);
    pending.addAll(worker.orphans);
    worker.orphans.clear();
    while (worker.taken < worker.tail) {
      pending.add(worker.call(worker.taken));
      worker.drop();
    }
    leaving.remove(worker);
    if (worker.position >= 0) {
      places[worker.position].worker = null;
    }
    activate();
    return answered;
  }

  /** Gives up all that is pending. */
  List<Call> giveUpPending(String reason, Duration retryAfter) {
    List<Call> lost = new ArrayList<>(pending);
    pending.clear();
    for (Call call : lost) {
      call.lost = new Completion.Unavailable(reason, retryAfter);
    }
    inFlight -= lost.size();
    settling.addAndGet(lost.size());
    return lost;
  }

  // ------------------------------------------------------------------ places

  /** Puts a started worker into its place, and to work unless it is a spare. */
  void occupy(int position, Worker worker) {
    worker.position = position;
    worker.headSince = MonotonicClock.nanos();
    places[position].worker = worker;
    places[position].starting = false;
    activate();
  }

  /** Puts a spare into the place of a worker, which finishes what it has and gets nothing more. */
  void relieve(Worker worker, Worker spare) {
    int position = worker.position;
    worker.position = -1;
    leaving.add(worker);
    occupy(position, spare);
  }

  /** The places of spares for which nothing is done at the moment. */
  List<Place> emptySpares() {
    return Arrays.stream(places, workers, places.length)
        .filter(place -> place.worker == null && !place.starting && place.startAt == Long.MAX_VALUE)
        .toList();
  }

  /** Ends the workers that were relieved and have nothing left to do. */
  void endRelieved() {
    for (Worker worker : leaving) {
      if (worker.load() == 0) {
        condemn(worker, WorkerEnd.recycled());
      }
    }
  }

  private void vacate(Worker worker) {
    leaving.remove(worker);
    if (worker.position >= 0 && places[worker.position].worker == worker) {
      places[worker.position].worker = null;
      restarts++;
    }
    activate();
  }

  /** Which workers have batches: all but the spares, whose places are behind the others. */
  private void activate() {
    List<Worker> working = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      Worker worker = places[i].worker;
      if (worker != null) {
        working.add(worker);
      }
    }
    working.addAll(leaving);
    active = working.toArray(Worker[]::new);
  }

  boolean isSpare(int position) {
    return position >= workers;
  }

  /** A spare that is ready; its own place becomes empty. */
  @Nullable Worker takeSpare() {
    for (int i = workers; i < places.length; i++) {
      Worker spare = places[i].worker;
      if (spare != null && spare.condemned == null) {
        places[i].worker = null;
        return spare;
      }
    }
    return null;
  }
}
