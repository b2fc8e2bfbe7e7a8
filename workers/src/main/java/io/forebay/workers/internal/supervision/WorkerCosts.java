package io.forebay.workers.internal.supervision;

import io.forebay.snapshot.StageTimes;
import io.forebay.snapshot.WorkerEnds;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.internal.launch.WorkerEnd;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the workers of a pool have cost and spent, those that are gone as well. Guarded by the lock
 * of the {@link Fleet}.
 */
final class WorkerCosts {
  private final Map<WorkerEnd.Kind, Long> ends = new EnumMap<>(WorkerEnd.Kind.class);
  private long gcNanos;
  private long lockNanos;
  private long cpuNanos;
  private boolean cpuKnown;

  /** Time without a worker, of the places that were filled again; and since when others are. */
  private long downNanos;

  private int down;
  private long changedAt;

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
