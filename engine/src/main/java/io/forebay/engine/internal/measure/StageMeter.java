package io.forebay.engine.internal.measure;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.slots.CallResult;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageKind;
import io.forebay.snapshot.StageSettings;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.snapshot.StageTimes;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolSnapshot;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** What is measured of one stage. The dispatcher writes, once a batch; anybody reads. */
public final class StageMeter {
  private static final long LONGEST_NANOS = 3_600_000_000_000L;

  /** What is measured. */
  public record Subject(
      String name, StageKind kind, Optional<Placement> on, int workers, StageSettings settings) {}

  private final Histogram rows = new Histogram(1, 1L << 31, 2);
  private final Histogram serviceNanos = new Histogram(1_000, LONGEST_NANOS, 2);
  private final Histogram waitNanos = new Histogram(1_000, LONGEST_NANOS, 2);

  @GuardedBy("this")
  private long recordsIn;

  @GuardedBy("this")
  private long recordsOut;

  @GuardedBy("this")
  private long bytesIn;

  @GuardedBy("this")
  private long bytesOut;

  @GuardedBy("this")
  private long service;

  @GuardedBy("this")
  private long transport;

  @GuardedBy("this")
  private long cpu;

  @GuardedBy("this")
  private long serviceWithCpu;

  @GuardedBy("this")
  private long delay;

  @GuardedBy("this")
  private long serviceWithDelay;

  @GuardedBy("this")
  private final Occupation occupation = new Occupation();

  @GuardedBy("this")
  private final Backpressure backpressure = new Backpressure();

  /** Takes in a call that returned. {@code queuedNanos}: before it was submitted. */
  public synchronized void done(
      Completion.Done done, long queuedNanos, long bytesGiven, long bytesBack) {
    bytesIn += bytesGiven;
    bytesOut += bytesBack;
    CallResult result = done.result();
    recordsIn += result.rowsIn();
    recordsOut += result.rowsOut();
    service += result.serviceNanos();
    transport += done.transportNanos();
    if (result.cpuNanos() >= 0) {
      cpu += result.cpuNanos();
      serviceWithCpu += result.serviceNanos();
    }
    if (result.runDelayNanos() >= 0) {
      delay += result.runDelayNanos();
      serviceWithDelay += result.serviceNanos();
    }
    rows.recordValue(result.rowsIn());
    record(serviceNanos, result.serviceNanos());
    record(waitNanos, queuedNanos + done.waitNanos());
  }

  /** From now on so many batches are with that many workers. */
  public synchronized void inWork(int batches, int workers, long now) {
    occupation.changed(batches, workers, now);
  }

  /** From now on so many workers have no batch, and no stage before has one for them. */
  public synchronized void waiting(int workers, long roomWait) {
    backpressure.changed(workers, roomWait);
  }

  private static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
  }

  public synchronized StageSnapshot snapshot(
      Subject stage, PoolSnapshot pool, long now, long elapsedNanos, long roomWait) {
    long busyNanos = pool.busyNanos() < 0 ? service : pool.busyNanos();
    double possible = (double) Math.max(1, elapsedNanos) * stage.workers();
    return new StageSnapshot(
        stage.name(),
        stage.kind(),
        stage.on(),
        stage.workers(),
        recordsIn,
        recordsOut,
        rows.getTotalCount(),
        rows.getValueAtPercentile(50),
        rows.getMaxValue(),
        serviceNanos.getValueAtPercentile(50) / 1e6,
        serviceNanos.getValueAtPercentile(99) / 1e6,
        waitNanos.getValueAtPercentile(50) / 1e6,
        waitNanos.getValueAtPercentile(99) / 1e6,
        Math.min(1, busyNanos / possible),
        serviceWithCpu == 0 ? 0 : Math.min(1, (double) cpu / serviceWithCpu),
        service + transport == 0 ? 0 : (double) transport / (service + transport),
        pool.restarts(),
        pool.timeouts(),
        slowestTenthShare(),
        times(stage, pool, busyNanos, now, roomWait),
        pool.ends(),
        stage.settings(),
        bytesIn,
        bytesOut,
        pool.each(),
        pool.ended());
  }

  @GuardedBy("this")
  private StageTimes times(
      Subject stage, PoolSnapshot pool, long busyNanos, long now, long roomWait) {
    // Who submits to the pool on this thread is told of a batch when its call is over.
    boolean inline = stage.on().filter(on -> on == Placement.INLINE).isPresent();
    boolean ofRows = pool.busyNanos() >= 0;
    return new StageTimes(
        busyNanos,
        serviceWithCpu,
        cpu,
        serviceWithDelay == 0
            ? StageTimes.UNKNOWN
            : Math.round((double) delay / serviceWithDelay * serviceWithCpu),
        pool.spent().lock(),
        pool.spent().gc(),
        transport,
        inline || ofRows ? busyNanos : occupation.workerNanos(now),
        inline ? busyNanos : occupation.anyNanos(now),
        pool.spent().processCpu(),
        backpressure.nanos(roomWait));
  }

  @GuardedBy("this")
  private double slowestTenthShare() {
    long from = serviceNanos.getTotalCount() - serviceNanos.getTotalCount() / 10;
    double slow = 0;
    double all = 0;
    for (HistogramIterationValue value : serviceNanos.recordedValues()) {
      long here = value.getCountAddedInThisIterationStep();
      long until = value.getTotalCountToThisValue();
      all += (double) here * value.getValueIteratedTo();
      slow += (double) Math.clamp(until - from, 0, here) * value.getValueIteratedTo();
    }
    return all == 0 ? 0 : slow / all;
  }
}
