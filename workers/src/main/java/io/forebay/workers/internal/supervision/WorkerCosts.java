package io.forebay.workers.internal.supervision;

import io.forebay.snapshot.StageTimes;
import io.forebay.snapshot.WorkerEnds;
import io.forebay.snapshot.WorkerSnapshot;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.internal.launch.WorkerEnd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the workers of a pool have cost and spent, those that are gone as well. Guarded by the lock
 * of the {@link Fleet}.
 */
final class WorkerCosts {
  private final Map<WorkerEnd.Kind, Long> ends = new EnumMap<>(WorkerEnd.Kind.class);

  /** Of each place, what the workers that are gone have done there. */
  private final Gone[] gone;

  private long gcNanos;
  private long lockNanos;
  private long cpuNanos;
  private boolean cpuKnown;

  /** Time without a worker, of the places that were filled again; and since when others are. */
  private long downNanos;

  private int down;
  private long changedAt;

  private static final class Gone {
    long batches;
    long rows;
    long cpuNanos;
    boolean cpuKnown;
    long ends;

    void add(Worker worker) {
      batches += worker.batches;
      rows += worker.rows;
      cpuNanos += Math.max(0, worker.cpuNanos);
      cpuKnown |= worker.cpuNanos >= 0;
    }
  }

  WorkerCosts(int workers) {
    gone = new Gone[workers];
    Arrays.setAll(gone, place -> new Gone());
  }

  /** A worker that had a place, or none any more, is gone. */
  void ended(Worker worker, WorkerEnd end) {
    ends.merge(end.kind(), 1L, Long::sum);
    left(worker);
  }

  /** As {@link #ended}, where it does not matter how. */
  void left(Worker worker) {
    gcNanos += worker.ring.gcNanos();
    lockNanos += worker.ring.lockNanos();
    cpuNanos += Math.max(0, worker.cpuNanos);
    cpuKnown |= worker.cpuNanos >= 0;
    if (worker.home >= 0 && worker.home < gone.length) { // Those of spares are behind.
      gone[worker.home].add(worker);
      gone[worker.home].ends++;
    }
  }

  /** So many places are without a worker from now on. */
  void down(int places, long now) {
    downNanos += down * (now - changedAt);
    changedAt = now;
    down = places;
  }

  PoolSnapshot.Spent spent(Worker[] living) {
    long gc = gcNanos;
    long lock = lockNanos;
    long cpu = cpuNanos;
    boolean known = cpuKnown;
    for (Worker worker : living) {
      gc += worker.ring.gcNanos();
      lock += worker.ring.lockNanos();
      cpu += Math.max(0, worker.cpuNanos);
      known |= worker.cpuNanos >= 0;
    }
    return new PoolSnapshot.Spent(lock, gc, known ? cpu : StageTimes.UNKNOWN);
  }

  /** Of each place, what is there now and what all that were there have done. */
  List<WorkerSnapshot> each(Places places, long now) {
    List<WorkerSnapshot> all = new ArrayList<>(gone.length);
    for (int place = 0; place < gone.length; place++) {
      Gone sum = new Gone();
      Gone before = gone[place];
      sum.batches = before.batches;
      sum.rows = before.rows;
      sum.cpuNanos = before.cpuNanos;
      sum.cpuKnown = before.cpuKnown;
      for (Worker worker : places.active()) { // The one there, and those that leave.
        if (worker.home == place) {
          sum.add(worker);
        }
      }
      Worker there = places.at(place);
      all.add(
          new WorkerSnapshot(
              place,
              there == null ? WorkerSnapshot.State.STARTING : there.state(),
              there == null ? 0 : there.process.pid(),
              there == null ? 0 : there.batchRows(),
              there == null ? 0 : there.batchNanos(now),
              sum.batches,
              sum.rows,
              sum.cpuKnown ? sum.cpuNanos : StageTimes.UNKNOWN,
              before.ends));
    }
    return all;
  }

  WorkerEnds ends(long now) {
    return new WorkerEnds(
        of(WorkerEnd.Kind.OUT_OF_MEMORY),
        of(WorkerEnd.Kind.TIMED_OUT) + of(WorkerEnd.Kind.UNRESPONSIVE),
        of(WorkerEnd.Kind.CRASHED),
        of(WorkerEnd.Kind.EXITED)
            + of(WorkerEnd.Kind.EXHAUSTED)
            + of(WorkerEnd.Kind.HARMED)
            + of(WorkerEnd.Kind.NONSENSE),
        of(WorkerEnd.Kind.KILLED),
        of(WorkerEnd.Kind.RECYCLED) + of(WorkerEnd.Kind.CANCELLED),
        downNanos + down * (now - changedAt));
  }

  private long of(WorkerEnd.Kind kind) {
    return ends.getOrDefault(kind, 0L);
  }
}
