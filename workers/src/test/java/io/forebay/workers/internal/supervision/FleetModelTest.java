package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.testkit.Seed;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.internal.launch.OutputTail;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.protocol.Ring;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The in-flight table against a plain model of it, step by step: which call waits in which order,
 * which worker has which calls, who is charged with a death, and that each call is settled once.
 * Workers answer rightly, wrongly, twice or not at all, stop, die, die while a spare is there and
 * while none is; several settlers are under way at the same time.
 */
final class FleetModelTest {
  private static final int STEPS = Integer.getInteger("forebay.steps", 600_000);
  private static final int WORKERS = 3;
  private static final int WINDOW = 3;
  private static final int SPARES = 1;
  private static final int SLOTS = WORKERS * WINDOW;
  private static final int ROWS = 3;

  /** What the model knows of a worker. */
  private static final class Played {
    final Worker worker;
    final List<Call> ring = new ArrayList<>();
    final List<Call> orphans = new ArrayList<>();

    /** Answered, not taken. */
    int answered;

    boolean begun;

    /** It has seen that its call was withdrawn, and has not said so yet. */
    boolean passing;

    boolean dead;

    /** It writes no more: it was killed, or a record has ended it. */
    boolean mad;

    /** It stands still until its call is late. */
    boolean stopped;

    boolean poisoned;

    /** It was given something. */
    boolean used;

    Played(Worker worker) {
      this.worker = worker;
    }
  }

  private final PlayedWorkers played = new PlayedWorkers(WORKERS, WINDOW, SPARES, SLOTS, ROWS);
  private final Fleet fleet = played.fleet;
  private final Random random;
  private final IdentityHashMap<Worker, Played> workers = new IdentityHashMap<>();
  private final List<Played> places = new ArrayList<>(Collections.nCopies(WORKERS + SPARES, null));
  private final Deque<Call> waiting = new ArrayDeque<>();

  /** Those that are suspected: they wait for one that was never given anything. */
  private final Deque<Call> careful = new ArrayDeque<>();

  /** Those that have cost a worker by their own fault, or two. */
  private final Set<Call> suspects = Collections.newSetFromMap(new IdentityHashMap<>());

  private final IdentityHashMap<Call, Integer> deaths = new IdentityHashMap<>();
  private final Set<Call> poison = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Call> cancelled = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Call> settling = new ArrayList<>();
  private final Deque<Integer> freeSlots = new ArrayDeque<>();
  private final Deque<Integer> freeRegions = new ArrayDeque<>();
  private final long[] counts = new long[7];
  private long now = 1_000_000_000L;
  private long submitted;
  private long settled;

  FleetModelTest() throws Exception {
    long seed = Seed.of(1);
    random = new Random(seed);
    for (int i = 0; i < SLOTS; i++) {
      freeSlots.add(i);
    }
    for (int i = 0; i < WORKERS + SPARES; i++) {
      freeRegions.add(i);
    }
  }

  @Test
  @Timeout(180)
  void keeps_every_call_in_one_place_and_settles_it_once_whatever_workers_do() throws Exception {
    try (played) {
      for (int step = 0; step < STEPS; step++) {
        now += random.nextInt(2_000_000);
        switch (random.nextInt(20)) {
          case 0, 1, 2, 3 -> submit();
          case 4, 5, 6, 7, 8 -> withWorker(this::begin);
          case 9, 10, 11, 12, 13 -> withWorker(this::answer);
          case 14 -> harvest();
          case 15, 16 -> settle();
          case 17 -> misbehave();
          case 18 -> {
            die();
            cancel();
          }
          default -> hire();
        }
        if (step % 16 == 0) {
          compare();
        }
      }
      while (fleet.inFlight() > 0 || !settling.isEmpty()) {
        hire();
        withWorker(this::begin);
        withWorker(this::answer);
        harvest();
        settle();
        die();
      }
      compare();
      assertThat(settled).isEqualTo(submitted);
      System.out.printf(
          "%d calls; %d answered, %d given up, %d deaths, %d nonsense, %d refused, %d late,"
              + " %d cancelled%n",
          submitted, counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6]);
      assertThat(Arrays.stream(counts).min().orElseThrow()).isGreaterThan(STEPS / 40_000);
    }
  }

  // ------------------------------------------------------------------ what happens

  private void submit() {
    if (freeSlots.isEmpty()) {
      return;
    }
    Call call = new Call(null, played.slot(freeSlots.remove()), now, CallOptions.USUAL);
    deaths.put(call, 0);
    if (random.nextInt(100) == 0) {
      poison.add(call);
    }
    submitted++;
    boolean first = waiting.isEmpty();
    waiting.addLast(call);
    Worker rung = fleet.submit(call, now);
    List<Played> given = first ? dispatch() : List.of();
    assertThat(rung).isSameAs(given.isEmpty() ? null : given.getFirst().worker);
  }

  private interface Act {
    void by(Played worker);
  }

  private void withWorker(Act act) {
    Played one = places.get(random.nextInt(WORKERS));
    if (one != null && !one.dead && !one.stopped) {
      act.by(one);
    }
  }

  private void begin(Played one) {
    if (!one.mad && !one.begun && !one.passing && one.answered < one.ring.size()) {
      long at = one.worker.taken + one.answered;
      Call call = one.ring.get(one.answered);
      assertThat(one.worker.ring.slot(at)).isEqualTo(call.slot.number());
      boolean passedBy = cancelled.contains(call);
      assertThat(one.worker.ring.begin(at, now))
          .isEqualTo(
              (suspects.contains(call) ? Ring.SINGLY : 0)
                  | (call.alone() >= 0 ? Ring.ALONE : 0)
                  | (passedBy ? Ring.WITHDRAWN : 0));
      if (call.alone() >= 0) {
        assertThat(one.worker.ring.row(at)).isEqualTo(call.alone());
      }
      if (passedBy) {
        one.passing = true;
        return;
      }
      one.begun = true;
      one.stopped = random.nextInt(500) == 0;
    }
  }

  private void answer(Played one) {
    if (one.passing && !one.mad) {
      one.worker.ring.finish(one.worker.taken + one.answered++, Ring.IN_SLOT, now, now);
      one.passing = false;
    }
    if (one.mad || !one.begun) {
      return;
    }
    Call call = one.ring.get(one.answered);
    if (poison.contains(call)) {
      call.slot.crashCursor(suspects.contains(call) ? 1 : -1);
      one.poisoned = true;
      one.mad = true;
      return;
    }
    long at = one.worker.taken + one.answered;
    // Some answers are nonsense in the slot, which is found only when they are settled.
    int plainRows = Ring.IN_SLOT;
    switch (random.nextInt(120)) {
      case 0 -> {}
      case 1 -> plainRows = ROWS + 1;
      default -> {
        PlayedWorkers.compute(call.slot);
        plainRows = random.nextBoolean() ? ROWS : Ring.IN_SLOT;
      }
    }
    one.worker.ring.finish(at, plainRows, now - random.nextInt(5_000_000), now + random.nextInt(5));
    one.answered++;
    one.begun = false;
  }

  private void harvest() {
    Call list;
    if (random.nextBoolean()) {
      list = fleet.harvest(now);
      for (Played one : places.subList(0, WORKERS)) {
        if (one != null) {
          taken(one);
        }
      }
      dispatch();
    } else {
      list = null;
      played.deadlines.check(now);
      for (Played one : workers.values()) {
        if (PlayedWorkers.isKilled(one.worker) && !one.mad && !one.dead) {
          assertThat(one.passing && one.worker.condemned.kind() == WorkerEnd.Kind.CANCELLED)
              .as("a worker that passes by a withdrawn call is killed for it")
              .isFalse();
          one.mad = true;
          counts[5]++;
        }
      }
    }
    collect(list);
  }

  private void taken(Played one) {
    boolean believed =
        one.worker.condemned == null || one.worker.condemned.kind() != WorkerEnd.Kind.NONSENSE;
    while (one.answered > 0 && believed) {
      settling.add(one.ring.removeFirst());
      one.answered--;
    }
  }

  /** Calls that the fleet hands out to be settled are those that the model expects. */
  private void collect(@Nullable Call list) {
    List<Call> got = new ArrayList<>();
    for (Call call = list; call != null; call = call.next) {
      got.add(call);
    }
    assertThat(settling).containsAll(got);
    assertThat(fleet.settling.get()).isEqualTo(settling.size());
    for (Call call : got) {
      assertThat(call.began).isBetween(call.pushed, now);
      assertThat(call.ended).isBetween(call.began, now);
      call.next = null;
    }
  }

  private void settle() {
    if (settling.isEmpty()) {
      return;
    }
    Call call = settling.remove(random.nextInt(settling.size()));
    Worker worker = call.worker;
    if (cancelled.contains(call)) {
      played.complete(call);
      settled(call, 6);
    } else if (call.lost != null) {
      played.complete(call);
      settled(call, 1);
    } else if (played.settle(call, now)) {
      settled(call, 0);
    } else {
      counts[4]++;
      Played one = workers.get(worker);
      if (one != null && !one.dead) {
        one.mad = true;
        one.orphans.add(call);
      } else {
        charge(call, WorkerEnd.Kind.NONSENSE);
        if (call.isDone()) {
          settled(call, 1);
        } else {
          careful.addFirst(call);
          dispatch();
        }
      }
    }
  }

  private void settled(Call call, int how) {
    counts[how]++;
    settled++;
    deaths.remove(call);
    suspects.remove(call);
    assertThat(how)
        .as("a call that kills each worker is given up")
        .isEqualTo(poison.remove(call) && !cancelled.remove(call) ? 1 : how);
    cancelled.remove(call);
    freeSlots.add(call.slot.number());
  }

  private void charge(Call call, WorkerEnd.Kind kind) {
    if (deaths.merge(call, 1, Integer::sum) > 1 || kind.ownFault()) {
      suspects.add(call);
    }
    assertThat(call.history.deaths()).isEqualTo(deaths.get(call));
  }

  private void misbehave() {
    if (random.nextInt(20) > 0) {
      return;
    }
    withWorker(one -> {
      if (one.mad) {
        return;
      }
      long wrong = one.worker.tail + 1 + random.nextInt(3);
      switch (random.nextInt(3)) {
        case 0 -> one.worker.ring.finish(wrong - 1, ROWS, now, now);
        case 1 -> {
          if (one.worker.taken == 0) {
            return;
          }
          one.worker.ring.finish(one.worker.taken - 1, ROWS, now, now);
          // Its head is what was taken: nothing new. Behind that it is nonsense.
          if (one.answered == 0) {
            return;
          }
        }
        default -> {
          if (one.answered == one.ring.size()) {
            return;
          }
          // An answer to the entry before the one that it was given: a stale ticket.
          long at = one.worker.taken + one.answered;
          played
              .memory(one.worker.region)
              .set(
                  java.lang.foreign.ValueLayout.JAVA_LONG,
                  6 * Ring.LINE + (at & played.entries() - 1) * Ring.LINE,
                  one.ring.get(one.answered).ticket - 1);
          one.worker.ring.finish(at, ROWS, now, now);
        }
      }
      counts[3]++;
      Call list = fleet.harvest(now);
      // What was answered rightly before the wrong entry may have been taken.
      for (Played other : places.subList(0, WORKERS)) {
        if (other != null && other != one) {
          taken(other);
        }
      }
      while (one.worker.load() < one.ring.size()) {
        assertThat(one.answered).isPositive();
        settling.add(one.ring.removeFirst());
        one.answered--;
      }
      one.mad = true;
      dispatch();
      collect(list);
      if (one.worker.condemned == null) {
        // Its head went back to what was taken already: the answers are just lost.
        fleet.condemn(one.worker, WorkerEnd.nonsense("test", new OutputTail(List.of(), List.of())));
      }
      assertThat(PlayedWorkers.isKilled(one.worker)).isTrue();
    });
  }

  private void die() {
    if (random.nextInt(10) > 0 && random.nextInt(4) > 0) {
      return;
    }
    int place = random.nextInt(WORKERS + SPARES);
    Played one = places.get(place);
    if (one == null || (!one.mad && random.nextInt(careful.isEmpty() ? 30 : 3) > 0)) {
      return;
    }
    WorkerEnd end =
        one.worker.condemned != null
            ? one.worker.condemned
            : WorkerEnd.ofExit(
                random.nextBoolean() && !one.poisoned ? 137 : 7,
                new OutputTail(List.of(), List.of()),
                1 << 20);
    boolean begun = one.worker.ring.begun() == one.worker.ring.head() + 1;
    boolean believed = end.kind() != WorkerEnd.Kind.NONSENSE;
    Fleet.Reaped reaped = fleet.reap(one.worker, end, now);
    one.dead = true;
    counts[2]++;
    if (believed) {
      taken(one);
    }
    List<Call> retry = new ArrayList<>();
    for (Call orphan : one.orphans) {
      if (!cancelled.contains(orphan)) {
        charge(orphan, WorkerEnd.Kind.NONSENSE);
      }
      (reaped.lost().contains(orphan) ? settling : retry).add(orphan);
    }
    for (int i = 0; i < one.ring.size(); i++) {
      Call call = one.ring.get(i);
      boolean wanted = !cancelled.contains(call);
      boolean guilty = i == 0 && begun && believed && wanted && !end.kind().planned();
      if (i == 0 && !believed && call.history != null && call.history.deaths() > deaths.get(call)) {
        guilty = true; // By its own word, of which nothing can be told.
      }
      if (guilty) {
        charge(call, end.kind());
      } else {
        assertThat(call.history == null ? 0 : call.history.deaths())
            .as("deaths of an innocent call")
            .isEqualTo(deaths.get(call));
      }
      (reaped.lost().contains(call) ? settling : retry).add(call);
    }
    assertThat(reaped.retried()).isEqualTo(retry.size());
    for (int i = retry.size() - 1; i >= 0; i--) {
      Call call = retry.get(i);
      (suspects.contains(call) ? careful : waiting).addFirst(call);
    }
    one.ring.clear();
    one.orphans.clear();
    freeRegions.add(one.worker.region);
    collect(reaped.answered());
    int at = places.indexOf(one);
    places.set(at, null);
    Worker spare = fleet.places.isSpare(at) ? null : fleet.places.takeSpare();
    if (spare != null) {
      int from = spare.position;
      Played warm = places.get(from);
      assertThat(warm.worker).isSameAs(spare);
      assertThat(warm.mad).isFalse();
      fleet.places.occupy(at, spare);
      places.set(from, null);
      places.set(at, warm);
    }
    fleet.dispatch(now);
    dispatch();
  }

  private void cancel() {
    List<Call> calls = new ArrayList<>(waiting);
    calls.addAll(careful);
    for (Played one : places) {
      if (one != null) {
        calls.addAll(one.ring);
        calls.addAll(one.orphans);
      }
    }
    calls.removeAll(cancelled);
    if (calls.isEmpty() || random.nextInt(10) > 0) {
      return;
    }
    Call call = calls.get(random.nextInt(calls.size()));
    boolean kill = random.nextBoolean();
    boolean waits = waiting.remove(call) || careful.remove(call);
    cancelled.add(call);
    Played one = workers.get(call.worker);
    boolean inWork =
        kill
            && !waits
            && one != null
            && one.begun
            && !one.dead
            && one.answered < one.ring.size()
            && one.ring.get(one.answered) == call;
    assertThat(fleet.cancel(call, kill)).isEqualTo(waits);
    if (waits) {
      settling.add(call);
    }
    if (inWork) {
      assertThat(PlayedWorkers.isKilled(one.worker)).isTrue();
      one.mad = true;
    }
  }

  private void hire() {
    int place = random.nextInt(WORKERS + SPARES);
    if (places.get(place) == null && random.nextInt(3) == 0) {
      Worker worker = played.hire(freeRegions.remove());
      Played one = new Played(worker);
      workers.put(worker, one);
      places.set(place, one);
      fleet.places.occupy(place, worker);
      fleet.dispatch(now);
      dispatch();
    }
  }

  // ------------------------------------------------------------------ the model

  /** Gives out what waits, as the fleet is to do; returns who got something. */
  private List<Played> dispatch() {
    List<Played> given = new ArrayList<>();
    while (!careful.isEmpty()) {
      Played fresh = null;
      for (Played one : places.subList(0, WORKERS)) {
        if (fresh == null && one != null && !PlayedWorkers.isKilled(one.worker) && !one.used) {
          fresh = one;
        }
      }
      if (fresh == null) {
        break;
      }
      give(fresh, careful.removeFirst());
      given.add(fresh);
    }
    while (!waiting.isEmpty()) {
      Played least = null;
      for (Played one : places.subList(0, WORKERS)) {
        if (one != null
            && !PlayedWorkers.isKilled(one.worker)
            && (one.ring.isEmpty() || !suspects.contains(one.ring.getFirst()))
            && one.ring.size() < WINDOW
            && (least == null || one.ring.size() < least.ring.size())) {
          least = one;
        }
      }
      if (least == null) {
        break;
      }
      give(least, waiting.removeFirst());
      given.add(least);
    }
    return given;
  }

  private static void give(Played one, Call call) {
    one.ring.add(call);
    one.used = true;
    assertThat(call.worker).as("who has the call").isSameAs(one.worker);
    assertThat(one.worker.call(one.worker.taken + one.ring.size() - 1)).isSameAs(call);
  }

  private void compare() {
    int inFlight = waiting.size() + careful.size();
    for (Played one : places) {
      if (one != null) {
        inFlight += one.ring.size() + one.orphans.size();
        assertThat(one.worker.load()).isEqualTo(one.ring.size());
        assertThat(one.worker.orphans).containsExactlyElementsOf(one.orphans);
      }
    }
    assertThat(fleet.inFlight()).isEqualTo(inFlight);
    assertThat(fleet.settling.get()).isEqualTo(settling.size());
    assertThat(inFlight + settling.size()).isEqualTo(SLOTS - freeSlots.size());
    for (int i = 0; i < WORKERS + SPARES; i++) {
      Played one = places.get(i);
      assertThat(fleet.places.at(i)).isSameAs(one == null ? null : one.worker);
    }
    assertThat(fleet.restarts()).isEqualTo(counts[2]);
    workers.values().removeIf(one -> one.dead && settling.isEmpty());
  }
}
