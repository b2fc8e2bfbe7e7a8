package io.forebay.workers.api;

import io.forebay.snapshot.EndedWorker;
import io.forebay.snapshot.StageTimes;
import io.forebay.snapshot.WorkerEnds;
import io.forebay.snapshot.WorkerSnapshot;
import java.util.List;

/**
 * A pool at an instant.
 *
 * @param workers workers alive
 * @param busy workers in a call
 * @param restarts workers replaced since the start
 * @param timeouts calls ended at their deadline since the start
 * @param busyNanos time in the function, all workers together, where that is not the sum of what
 *     the batches took; otherwise -1
 * @param spent what its workers have spent besides
 * @param ends how its worker processes have ended
 * @param each its worker processes or threads, by their places; empty where they are not told apart
 * @param ended its worker processes that have ended last though nobody wanted them to, newest first
 */
public record PoolSnapshot(
    int workers,
    int busy,
    long restarts,
    long timeouts,
    long busyNanos,
    Spent spent,
    WorkerEnds ends,
    List<WorkerSnapshot> each,
    List<EndedWorker> ended) {
  /**
   * What workers have spent since the start, all together, in nanoseconds; {@link
   * StageTimes#UNKNOWN} where it is not known.
   *
   * @param lock calls have waited for a lock that another thread had
   * @param gc their garbage collections have lasted; of threads the engine's tell
   * @param processCpu CPU time of their processes
   */
  public record Spent(long lock, long gc, long processCpu) {
    /** Nothing is known. */
    public static final Spent UNKNOWN =
        new Spent(StageTimes.UNKNOWN, StageTimes.UNKNOWN, StageTimes.UNKNOWN);
  }

  /** Of a pool without processes. */
  public PoolSnapshot(int workers, int busy, long restarts, long timeouts, long busyNanos) {
    this(
        workers,
        busy,
        restarts,
        timeouts,
        busyNanos,
        Spent.UNKNOWN,
        WorkerEnds.NONE,
        List.of(),
        List.of());
  }

  /** Of a pool without processes whose batches tell how long its workers were busy. */
  public PoolSnapshot(int workers, int busy, long restarts, long timeouts) {
    this(workers, busy, restarts, timeouts, -1);
  }
}
