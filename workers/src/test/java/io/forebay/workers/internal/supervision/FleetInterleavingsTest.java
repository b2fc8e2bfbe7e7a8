package io.forebay.workers.internal.supervision;

import io.forebay.workers.api.CallOptions;
import io.forebay.workers.internal.launch.OutputTail;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.protocol.Ring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lincheck looks for an interleaving in which the in-flight table loses a call or settles one
 * twice, or a worker is killed for a call that it does not make: a thread submits and cancels, the
 * worker answers (at times with nonsense), a helper and the supervisor take answers back and settle
 * them outside of the lock, and meanwhile the worker dies.
 */
@Timeout(300)
public class FleetInterleavingsTest {
  private static final int SLOTS = 6;
  private static final long NOW = 1_000_000_000L;
  private static final PlayedWorkers GROUND = ground();

  private final PlayedWorkers played = GROUND.anew();
  private final Fleet fleet = played.fleet;
  private final List<Call> calls = new ArrayList<>();

  /** Those that the worker has called the function on. */
  private List<Call> called = List.of();

  private final Map<Integer, Call> slots = new ConcurrentHashMap<>();
  private final Set<Integer> free = new TreeSet<>();
  private Worker worker;
  private int hired;

  public FleetInterleavingsTest() {
    for (int i = 0; i < SLOTS; i++) {
      free.add(i);
    }
    hire();
  }

  private static PlayedWorkers ground() {
    try {
      return new PlayedWorkers(1, 2, 1, SLOTS, 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void hire() {
    worker = played.hire(hired++ % 2);
    called = new CopyOnWriteArrayList<>();
    fleet.places.occupy(0, worker);
    fleet.dispatch(NOW);
  }

  @Operation
  public void submit() {
    fleet.lock.lock();
    try {
      if (!free.isEmpty()) {
        int slot = free.iterator().next();
        free.remove(slot);
        Call call = new Call(null, played.slot(slot), NOW, CallOptions.USUAL);
        calls.add(call);
        slots.put(slot, call);
        fleet.submit(call, NOW);
      }
    } finally {
      fleet.lock.unlock();
    }
  }

  /** What another process does: no lock. */
  @Operation(nonParallelGroup = "worker")
  public void answer() {
    act(true);
  }

  @Operation(nonParallelGroup = "worker")
  public void answerNonsense() {
    act(false);
  }

  private void act(boolean well) {
    Ring ring = worker.ring;
    long head = ring.head();
    if (ring.tail() > head && !PlayedWorkers.isKilled(worker)) {
      boolean passedBy = (ring.begin(head, NOW) & Ring.WITHDRAWN) != 0;
      if (!passedBy) {
        int slot = ring.slot(head);
        called.add(slots.get(slot));
        if (well) {
          PlayedWorkers.compute(played.slot(slot));
        }
      }
      ring.finish(head, Ring.IN_SLOT, NOW, NOW);
    }
  }

  /** What any thread does that waits. */
  @Operation
  public void settle() {
    Call list;
    fleet.lock.lock();
    try {
      list = fleet.harvest(NOW);
    } finally {
      fleet.lock.unlock();
    }
    settle(list);
  }

  private void settle(@Nullable Call list) {
    for (Call call = list; call != null; ) {
      Call next = call.next;
      call.next = null;
      if (call.cancelled) {
        played.complete(call);
      } else {
        var _ = played.settle(call, NOW);
      }
      call = next;
    }
  }

  /** Cancels the oldest call that nobody has cancelled yet. */
  @Operation(nonParallelGroup = "caller")
  public void cancel() {
    fleet.lock.lock();
    try {
      for (Call call : calls) {
        if (!call.cancelled && !call.isDone()) {
          if (fleet.cancel(call, true)) {
            played.complete(call);
          }
          break;
        }
      }
    } finally {
      fleet.lock.unlock();
    }
  }

  /** What the supervisor does when the worker's process has ended. */
  @Operation(nonParallelGroup = "worker")
  public void die() {
    Fleet.Reaped reaped;
    fleet.lock.lock();
    try {
      WorkerEnd end =
          worker.condemned != null
              ? worker.condemned
              : WorkerEnd.ofExit(137, new OutputTail(List.of(), List.of()), 1 << 20);
      if (end.kind() == WorkerEnd.Kind.CANCELLED
          && called.stream().noneMatch(call -> call.killed)) {
        throw new IllegalStateException("killed for a call that it has passed by");
      }
      reaped = fleet.reap(worker, end, NOW);
      hire();
    } finally {
      fleet.lock.unlock();
    }
    settle(reaped.answered());
    reaped.lost().forEach(played::complete);
  }

  @Validate
  public void nothingIsLost() {
    while (fleet.inFlight() > 0) {
      if (PlayedWorkers.isKilled(worker)) {
        die();
      }
      answer();
      settle();
    }
    for (Call call : calls) {
      if (!call.isDone()) {
        throw new IllegalStateException("a call was lost");
      }
    }
    if (fleet.settling.get() != 0) {
      throw new IllegalStateException("settling " + fleet.settling.get());
    }
  }

  @Test
  void settles_every_call_once_in_every_interleaving() {
    new ModelCheckingOptions()
        .iterations(Integer.getInteger("forebay.scenarios", 2))
        .invocationsPerIteration(Integer.getInteger("forebay.invocations", 20))
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(0)
        .check(FleetInterleavingsTest.class);
  }
}
