package io.forebay.workers.internal.supervision;

import io.forebay.slots.CallResult;
import io.forebay.slots.CorruptSlotException;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.protocol.Ring;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Completes the futures of calls that were taken from their workers, after a look at what the
 * workers have answered.
 *
 * <p>Any thread may call: the supervisor, or one that waits. Calls are taken with the {@link
 * Fleet}'s lock; then they belong to the thread that has taken them, which completes them without
 * it, because whoever waits for a future may do anything.
 */
final class Settlement {
  private final Fleet fleet;
  private final WorkerSelector doorbell;
  private final int stage;

  Settlement(Fleet fleet, WorkerSelector doorbell, int stage) {
    this.fleet = fleet;
    this.doorbell = doorbell;
    this.stage = stage;
  }

  /**
   * Before a sleep: tells the workers when to ring.
   *
   * @return whether there is something to settle already
   */
  boolean arm() {
    fleet.lock.lock();
    try {
      return fleet.arm();
    } finally {
      fleet.lock.unlock();
    }
  }

  /** Completes the futures of all finished batches; false if there were none. */
  boolean settleFinished() {
    Call list;
    fleet.lock.lock();
    try {
      list = fleet.harvest(MonotonicClock.nanos());
    } finally {
      fleet.lock.unlock();
    }
    settle(list);
    return list != null;
  }

  /** Completes the futures of a list that begins with the call that was finished last. */
  void settle(@Nullable Call list) {
    Call call = null;
    while (list != null) {
      Call next = list.next;
      list.next = call;
      call = list;
      list = next;
    }
    if (call == null) {
      return;
    }
    long now = MonotonicClock.nanos();
    int settled = 0;
    try {
      while (call != null) {
        Call next = call.next;
        call.next = null;
        settled++;
        settleOne(call, now);
        call = next;
      }
    } finally {
      fleet.settling.addAndGet(-settled);
    }
  }

  private void settleOne(Call call, long now) {
    Completion completion;
    if (call.cancelled) {
      call.complete(Completion.Unavailable.CANCELLED);
      return;
    }
    Completion known = call.lost;
    if (known != null) {
      call.complete(known);
      return;
    }
    try {
      CallResult result =
          call.plainRows == Ring.IN_SLOT
              ? call.slot.result(stage)
              : call.slot.plainResult(stage, call.plainRows, call.ended - call.began);
      long ready = Math.max(call.pushed, call.endedBefore);
      long transport = Math.max(0, call.began - ready) + Math.max(0, now - call.ended);
      Worker worker = call.worker;
      completion =
          new Completion.Done(
              result,
              Math.max(0, call.began - call.submitted),
              transport,
              worker == null ? "" : worker.name);
    } catch (CorruptSlotException e) {
      fleet.lock.lock();
      try {
        if (!fleet.takeBack(call, String.valueOf(e.getMessage()), now)) {
          return;
        }
      } finally {
        fleet.lock.unlock();
      }
      doorbell.wakeUp();
      completion = Objects.requireNonNull(call.lost);
    } catch (Throwable e) { // The others in the list are settled all the same.
      completion = ErrorText.lost("the answer of a worker was not read, and the engine", e);
    }
    call.complete(completion);
  }

  /** Completes the futures of calls that were taken to be given up. */
  void giveUp(List<Call> calls) {
    try {
      for (Call call : calls) {
        call.complete(Objects.requireNonNull(call.lost));
      }
    } finally {
      fleet.settling.addAndGet(-calls.size());
    }
  }
}
