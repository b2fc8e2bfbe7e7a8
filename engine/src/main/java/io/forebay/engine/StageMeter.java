package io.forebay.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.Placement;
import io.forebay.StageKind;
import io.forebay.StageSnapshot;
import io.forebay.slots.CallResult;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolSnapshot;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** What is measured of one stage. The dispatcher writes, once a batch; anybody reads. */
final class StageMeter {
  private static final long LONGEST_NANOS = 3_600_000_000_000L;

  private final Histogram rows = new Histogram(1, 1L << 31, 2);
  private final Histogram serviceNanos = new Histogram(1_000, LONGEST_NANOS, 2);
  private final Histogram waitNanos = new Histogram(1_000, LONGEST_NANOS, 2);

  @GuardedBy("this")
  private long recordsIn;

  @GuardedBy("this")
  private long recordsOut;

  @GuardedBy("this")
  private long service;

  @GuardedBy("this")
  private long transport;

  @GuardedBy("this")
  private long cpu;

  @GuardedBy("this")
  private long serviceWithCpu;

  /** Takes in a call that returned. {@code queuedNanos}: before it was submitted. */
  synchronized void done(Completion.Done done, long queuedNanos) {
    CallResult result = done.result();
    recordsIn += result.rowsIn();
    recordsOut += result.rowsOut();
    service += result.serviceNanos();
    transport += done.transportNanos();
    if (result.cpuNanos() >= 0) {
      cpu += result.cpuNanos();
      serviceWithCpu += result.serviceNanos();
    }
    rows.recordValue(result.rowsIn());
    record(serviceNanos, result.serviceNanos());
    record(waitNanos, queuedNanos + done.waitNanos());
  }

  private static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
  }

  synchronized StageSnapshot snapshot(
      String name,
      StageKind kind,
      Optional<Placement> on,
      int workers,
      PoolSnapshot pool,
      long elapsedNanos) {
    long busyNanos = pool.busyNanos();
    double possible = (double) Math.max(1, elapsedNanos) * workers;
    return new StageSnapshot(
        name,
        kind,
        on,
        workers,
        recordsIn,
        recordsOut,
        rows.getTotalCount(),
        rows.getValueAtPercentile(50),
        rows.getMaxValue(),
        serviceNanos.getValueAtPercentile(50) / 1e6,
        serviceNanos.getValueAtPercentile(99) / 1e6,
        waitNanos.getValueAtPercentile(50) / 1e6,
        waitNanos.getValueAtPercentile(99) / 1e6,
        Math.min(1, (busyNanos < 0 ? service : busyNanos) / possible),
        serviceWithCpu == 0 ? 0 : (double) cpu / serviceWithCpu,
        service + transport == 0 ? 0 : (double) transport / (service + transport),
        pool.restarts(),
        pool.timeouts());
  }
}
