package io.forebay.snapshot;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A stage at an instant. Shares are 0..1 of the elapsed time; times are milliseconds.
 *
 * @param on where it runs; empty for async and blocking stages
 * @param workers how many workers, threads or concurrent records it may use
 * @param recordsIn rows given to the function
 * @param recordsOut rows that came back
 * @param batches batches done
 * @param batchRowsP50 rows a batch, median
 * @param batchRowsMax rows of the largest batch
 * @param serviceMsP50 time in the function for a batch, median
 * @param serviceMsP99 time in the function for a batch, 99th percentile
 * @param waitMsP50 time that a batch waited before a worker began it, median
 * @param waitMsP99 time that a batch waited before a worker began it, 99th percentile
 * @param busyShare share of the workers' time spent in the function
 * @param cpuShare CPU time of the function against its wall time; about 1 when it computes
 * @param transportShare share of a call spent on crossing the border (hand over, wake up, hand
 *     back)
 * @param restarts workers replaced
 * @param timeouts calls ended at their deadline
 * @param slowestTenthShare share of the time in the function that the slowest tenth of the batches
 *     had, 0..1
 * @param times where its time has gone
 * @param ends how its worker processes have ended
 * @param settings what it was told
 * @param bytesIn bytes of the values of the rows given to the function
 * @param bytesOut bytes of the values of the rows that came back, with what the function added
 * @param each its worker processes or threads; empty where they are not told apart
 * @param ended the worker processes that have ended last though nobody wanted them to, newest first
 */
public record StageSnapshot(
    String name,
    StageKind kind,
    Optional<Placement> on,
    int workers,
    long recordsIn,
    long recordsOut,
    long batches,
    long batchRowsP50,
    long batchRowsMax,
    double serviceMsP50,
    double serviceMsP99,
    double waitMsP50,
    double waitMsP99,
    double busyShare,
    double cpuShare,
    double transportShare,
    long restarts,
    long timeouts,
    double slowestTenthShare,
    StageTimes times,
    WorkerEnds ends,
    StageSettings settings,
    long bytesIn,
    long bytesOut,
    List<WorkerSnapshot> each,
    List<EndedWorker> ended) {
  /**
   * Share of the workers' time in which they had no batch because what lies behind them was full,
   * 0..1.
   */
  public double backpressuredShare(Duration elapsed) {
    double possible = (double) Math.max(1, elapsed.toNanos()) * Math.max(1, workers);
    return Math.clamp(times.backpressured() / possible, 0, 1);
  }

  /** A stage of which it is not known where its time has gone. */
  public StageSnapshot(
      String name,
      StageKind kind,
      Optional<Placement> on,
      int workers,
      long recordsIn,
      long recordsOut,
      long batches,
      long batchRowsP50,
      long batchRowsMax,
      double serviceMsP50,
      double serviceMsP99,
      double waitMsP50,
      double waitMsP99,
      double busyShare,
      double cpuShare,
      double transportShare,
      long restarts,
      long timeouts) {
    this(
        name,
        kind,
        on,
        workers,
        recordsIn,
        recordsOut,
        batches,
        batchRowsP50,
        batchRowsMax,
        serviceMsP50,
        serviceMsP99,
        waitMsP50,
        waitMsP99,
        busyShare,
        cpuShare,
        transportShare,
        restarts,
        timeouts,
        0,
        StageTimes.NONE,
        WorkerEnds.NONE,
        StageSettings.NONE,
        0,
        0,
        List.of(),
        List.of());
  }
}
