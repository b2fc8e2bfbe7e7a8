package io.forebay.workers.internal.supervision;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls that no worker has yet, and to whom they are given: to the one that has least to do; a
 * call that is suspected, and is called record by record, to one that has done nothing before.
 *
 * <p>Guarded by the lock of the {@link Fleet}.
 */
final class WaitingCalls {
  private static final int FEW = 3;
  private static final long QUEUED_NANOS = 500_000;

  private final Places places;
  private final int window;
  private final Deque<Call> pending = new ArrayDeque<>();

  /** Calls that wait for a worker which has done nothing before. */
  private final Deque<Call> careful = new ArrayDeque<>();

  private long tickets;
  private long serviceNanos = 1_000_000;
  private int trust;

  /**
   * @param window how many calls a worker has at most
   */
  WaitingCalls(Places places, int window) {
    this.places = places;
    this.window = window;
  }

  /** Takes a call in; returns the worker to ring for, if there is one. */
  @Nullable Worker submit(Call call, long now) {
    Deque<Call> waiting = waiting(call);
    if (waiting.isEmpty()) {
      Worker worker = call.singly() ? unused() : leastLoaded();
      if (worker != null) {
        push(worker, call, now);
        return worker;
      }
    }
    waiting.add(call);
    return null;
  }

  /** Puts a call before all that wait. */
  void putBack(Call call) {
    waiting(call).addFirst(call);
  }

  /** Whether the call was waiting, and is no more. */
  boolean withdraw(Call call) {
    return waiting(call).remove(call);
  }

  boolean isEmpty() {
    return pending.isEmpty() && careful.isEmpty();
  }

  /** Takes out all that wait. */
  List<Call> takeAll() {
    List<Call> all = new ArrayList<>(careful);
    all.addAll(pending);
    careful.clear();
    pending.clear();
    return all;
  }

  /** A call took so long in the function. */
  void served(long nanos) {
    serviceNanos += (nanos - serviceNanos) / 8;
  }

  /** Average time of a call in the function, for how much is queued and when to be woken. */
  long serviceNanos() {
    return serviceNanos;
  }

  /** A worker was lost, which may have written anything anywhere. */
  void distrust() {
    trust++;
  }

  private Deque<Call> waiting(Call call) {
    return call.singly() ? careful : pending;
  }

  /** Gives out what is pending; rings for it. */
  void dispatch(long now) {
    while (!careful.isEmpty()) {
      Worker worker = unused();
      if (worker == null) {
        break;
      }
      push(worker, careful.remove(), now);
      worker.ring();
    }
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
    for (Worker worker : places.active()) {
      if (isFree(worker)
          && worker.load() < window
          && (least == null || worker.load() < least.load())) {
        least = worker;
      }
    }
    return least;
  }

  private static boolean isFree(Worker worker) {
    return worker.condemned == null && worker.position >= 0 && !worker.isReserved();
  }

  private @Nullable Worker unused() {
    for (Worker worker : places.active()) {
      if (isFree(worker) && worker.isUnused()) {
        return worker;
      }
    }
    return null;
  }

  /**
   * While calls wait for an unused worker: puts spares into the places of workers that are well,
   * which leave when they have done what they have.
   *
   * @return whether there are too few spares
   */
  boolean relieveForCareful(long now) {
    for (int missing = careful.size() - places.empty(); missing > 0; missing--) {
      Worker worker = leastLoaded();
      if (worker == null) {
        return false;
      }
      Worker spare = places.takeSpare();
      if (spare == null) {
        return true;
      }
      places.relieve(worker, spare);
      dispatch(now);
    }
    return false;
  }
}
