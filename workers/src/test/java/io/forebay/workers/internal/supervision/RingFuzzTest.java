package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.testkit.Seed;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.internal.launch.OutputTail;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.protocol.Ring;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Rings as a broken or hostile worker could write them: every word of a ring, also those of the
 * engine, is changed before the engine looks. Whatever it reads, no call is lost, none is taken
 * that was not answered with its ticket, and the other worker's calls are not touched.
 */
final class RingFuzzTest {
  private static final int RINGS = Integer.getInteger("forebay.rings", 300_000);
  private static final int WINDOW = 4;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final long HEAD = 2 * Ring.LINE;
  private static final long ENTRIES = 6 * Ring.LINE;
  private static final long PLAIN = 24;
  private static final long ENTRY_TICKET = 48;

  private final PlayedWorkers played = new PlayedWorkers(2, WINDOW, 0, 2 * WINDOW, 1);
  private final Fleet fleet = played.fleet;
  private final MemorySegment memory = played.memory(0);
  private final Random random;
  private long now = 1L << 40;

  RingFuzzTest() throws Exception {
    long seed = Seed.of(1);
    random = new Random(seed);
  }

  @Test
  @Timeout(240)
  void loses_no_call_and_believes_no_wrong_answer_when_words_are_changed() throws Exception {
    int rings = 0;
    int refused = 0;
    int taken = 0;
    try (played) {
      while (rings < RINGS) {
        Worker broken = played.hire(0);
        Worker healthy = played.hire(1);
        fleet.places.occupy(0, broken);
        fleet.places.occupy(1, healthy);
        List<Call> calls = new ArrayList<>();
        int count = 2 + random.nextInt(2 * WINDOW - 1);
        for (int i = 0; i < count; i++) {
          Call call = new Call(null, played.slot(i), now, CallOptions.USUAL);
          calls.add(call);
          fleet.submit(call, now);
        }
        answer(broken);
        answer(healthy);
        now += 10_000;
        boolean[] answered = new boolean[(int) broken.tail];
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
          change();
        }
        long head = memory.get(LONG, HEAD);
        int credible = 0;
        boolean plain = true;
        if (head >= 0 && head <= broken.tail) {
          while (credible < head && ticket(credible) == broken.call(credible).ticket) {
            plain &= plain(credible);
            answered[credible++] = true;
          }
        }
        broken.ring();
        fleet.arm();
        played.deadlines.check(now);
        int got = settle(fleet.harvest(now), broken, answered);
        if (credible == head && plain) {
          taken++;
          // An honest worker's answers are not refused for words that say nothing.
          check(
              broken.condemned == null || broken.condemned.kind() != WorkerEnd.Kind.NONSENSE,
              "an honest answer is believed");
        } else {
          refused++;
          check(broken.condemned != null, "nonsense is noticed");
          check(PlayedWorkers.isKilled(broken), "its worker is killed");
        }
        check(healthy.condemned == null, "the other worker lives");
        got += settle(fleet.harvest(now), broken, answered);
        WorkerEnd end =
            broken.condemned != null
                ? broken.condemned
                : WorkerEnd.ofExit(137, new OutputTail(List.of(), List.of()), 1 << 20);
        if (random.nextInt(4) == 0) {
          change(); // Until its last moment.
        }
        fleet.places.takeSpare();
        Fleet.Reaped reaped = fleet.reap(broken, end, now);
        for (Call call = reaped.answered(); call != null; ) {
          Call next = call.next;
          call.next = null;
          var _ = played.settle(call, now);
          got += call.isDone() ? 1 : 0;
          call = next;
        }
        got += reaped.lost().size();
        reaped.lost().forEach(played::complete);
        // What is left waits, and the healthy worker takes it; what has cost one, a fresh one.
        check(fleet.inFlight() == calls.size() - got, "no call is lost");
        while (fleet.inFlight() > 0) {
          Worker fresh = played.hire(0);
          fleet.places.occupy(0, fresh);
          fleet.dispatch(now);
          answer(healthy);
          do {
            answerAll(fresh);
            got += settle(fleet.harvest(now), null, answered);
          } while (fresh.load() > 0);
          fleet.places.remove(fresh);
        }
        check(got == calls.size(), "each call is settled");
        for (Call call : calls) {
          check(call.isDone(), "each call is settled");
        }
        check(fleet.settling.get() == 0, "nothing is left to settle");
        fleet.places.remove(healthy);
        rings++;
      }
    }
    System.out.println(rings + " damaged rings; " + taken + " believed, " + refused + " refused");
    assertThat(taken).isGreaterThan(RINGS / 100);
    assertThat(refused).isGreaterThan(RINGS / 100);
  }

  /** The worker answers all or some of its calls. */
  private void answer(Worker worker) {
    long tail = worker.tail;
    long until = worker.ring.begun() == 0 ? random.nextLong(tail + 1) : tail;
    if (tail - worker.taken > 0 && worker.taken > 0) {
      until = tail;
    }
    for (long at = worker.ring.head(); at < until; at++) {
      worker.ring.begin(at, now);
      worker.ring.finish(at, 1, now, now + 1);
    }
    if (until < tail && random.nextBoolean()) {
      worker.ring.begin(until, now);
    }
  }

  private void answerAll(Worker worker) {
    for (long at = worker.ring.head(); at < worker.tail; at++) {
      worker.ring.begin(at, now);
      worker.ring.finish(at, 1, now, now + 1);
    }
  }

  private int settle(Call list, Worker broken, boolean[] answered) {
    int count = 0;
    for (Call call = list; call != null; ) {
      Call next = call.next;
      call.next = null;
      if (call.worker == broken) {
        boolean mine = false;
        for (int at = 0; at < broken.taken && !mine; at++) {
          mine = answered[at] && ticket(at) == call.ticket;
        }
        check(mine, "the call was answered with its ticket");
      }
      check(call.pushed <= call.began && call.began <= call.ended && call.ended <= now, "times");
      var _ = played.settle(call, now);
      count += call.isDone() ? 1 : 0;
      call = next;
    }
    return count;
  }

  private static void check(boolean right, String what) {
    if (!right) {
      throw new AssertionError(what);
    }
  }

  /** Whether the entry says that its one row was kept. */
  private boolean plain(long position) {
    return memory.get(
            ValueLayout.JAVA_INT, ENTRIES + (position & played.entries() - 1) * Ring.LINE + PLAIN)
        == 2;
  }

  private long ticket(long position) {
    return memory.get(LONG, ENTRIES + (position & played.entries() - 1) * Ring.LINE + ENTRY_TICKET);
  }

  private void change() {
    long at =
        switch (random.nextInt(6)) {
          case 0, 1 -> HEAD;
          case 2 -> HEAD + 8 + 8L * random.nextInt(2);
          case 3 ->
              ENTRIES
                  + random.nextInt(played.entries()) * Ring.LINE
                  + (random.nextBoolean() ? ENTRY_TICKET : PLAIN);
          default -> 8L * random.nextInt((int) (Ring.bytes(played.entries()) / 8));
        };
    long old = memory.get(LONG, at);
    memory.set(
        LONG,
        at,
        switch (random.nextInt(8)) {
          case 0 -> random.nextLong();
          case 1 -> old + 1;
          case 2 -> old - 1;
          case 3 -> old ^ 1L << random.nextInt(64);
          case 4 -> -1;
          case 5 -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
          case 6 -> random.nextInt(WINDOW + 2);
          default ->
              memory.get(LONG, 8L * random.nextInt((int) (Ring.bytes(played.entries()) / 8)));
        });
  }
}
