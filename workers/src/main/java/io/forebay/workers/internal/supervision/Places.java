package io.forebay.workers.internal.supervision;

import io.forebay.workers.api.MonotonicClock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which worker is in which place of a pool, which ones leave, and so which ones get or have
 * batches. The places of spares are behind the others.
 *
 * <p>Guarded by the lock of the {@link Fleet}, but for {@link #active} and {@link #busy}, which any
 * thread may ask.
 */
final class Places {
  private final int workers;
  private final @Nullable Worker[] places;

  /** How often in a row each place's worker was lost, or could not start, with nothing done. */
  private final int[] failures;

  /** Workers whose place another one has taken; they finish what they have. */
  private final List<Worker> leaving = new ArrayList<>();

  /** Copied on change, so that it may be read without the lock. */
  private volatile Worker[] active = new Worker[0];

  Places(int workers, int spares) {
    this.workers = workers;
    this.places = new Worker[workers + spares];
    this.failures = new int[workers + spares];
  }

  /** How many there are, with those of spares. */
  int count() {
    return places.length;
  }

  boolean isSpare(int position) {
    return position >= workers;
  }

  @Nullable Worker at(int position) {
    return places[position];
  }

  /** The workers that get or have batches: all but the spares. */
  Worker[] active() {
    return active;
  }

  /** A hint: how many of them have something to do. */
  int busy() {
    int busy = 0;
    for (Worker worker : active) {
      busy += worker.ring.isIdle() ? 0 : 1;
    }
    return busy;
  }

  /** How many places without a worker there are, but those of spares. */
  int empty() {
    int empty = 0;
    for (int i = 0; i < workers; i++) {
      empty += places[i] == null ? 1 : 0;
    }
    return empty;
  }

  /** The workers that finish what they have, and get nothing more. */
  List<Worker> leaving() {
    return leaving;
  }

  /** Puts a worker into a place, and to work unless it is a spare. */
  void occupy(int position, Worker worker) {
    worker.position = position;
    worker.home = position;
    worker.headChanged(MonotonicClock.nanos());
    places[position] = worker;
    activate();
  }

  /** Puts a spare into the place of a worker, which leaves. */
  void relieve(Worker worker, Worker spare) {
    int position = worker.position;
    worker.position = -1;
    leaving.add(worker);
    occupy(position, spare);
  }

  /** A spare that is ready; its own place becomes empty. */
  @Nullable Worker takeSpare() {
    for (int i = workers; i < places.length; i++) {
      Worker spare = places[i];
      if (spare != null && spare.condemned == null) {
        places[i] = null;
        return spare;
      }
    }
    return null;
  }

  /** A worker is dead; returns whether it still had a place, which is empty now. */
  boolean remove(Worker worker) {
    leaving.remove(worker);
    boolean placed = worker.position >= 0 && places[worker.position] == worker;
    if (placed) {
      places[worker.position] = null;
    }
    activate();
    return placed;
  }

  /** A worker has finished calls: its place does not fail any more. */
  void recordWork(Worker worker) {
    if (worker.position >= 0) {
      failures[worker.position] = 0;
    }
  }

  /** The worker of a place was lost, or could not start; returns how often before, in a row. */
  int recordFailure(int position) {
    return failures[position]++;
  }

  private void activate() {
    List<Worker> working = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      Worker worker = places[i];
      if (worker != null) {
        working.add(worker);
      }
    }
    working.addAll(leaving);
    active = working.toArray(Worker[]::new);
  }
}
