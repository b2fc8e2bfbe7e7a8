package io.forebay.cli.trial;

import io.forebay.snapshot.StageTimes;

/**
 * What a stage's calls have cost during a trial.
 *
 * @param records rows that were handed to the function
 * @param batches calls
 * @param times where the time went
 * @param possibleNanos the time that its workers had
 */
public record StageCost(long records, long batches, StageTimes times, long possibleNanos) {
  /** Time in the function, without that in which it could have run but others had the cores. */
  private double own() {
    return times.wall() * (1 - Math.max(0, runDelayShare()));
  }

  /** Time in the function for each record. */
  public double nanosPerRecord() {
    return records == 0 ? 0 : own() / records;
  }

  public double rowsPerBatch() {
    return batches == 0 ? 0 : (double) records / batches;
  }

  /** Time in the function for each call. */
  public double nanosPerBatch() {
    return batches == 0 ? 0 : own() / batches;
  }

  /** What it takes for each call to bring the batch to a worker and back. */
  public double borderNanosPerBatch() {
    return batches == 0 ? 0 : (double) times.transport() / batches;
  }

  public double borderNanosPerRecord() {
    return records == 0 ? 0 : (double) times.transport() / records;
  }

  /** Share of the time in calls that the function used the CPU; negative if that is not known. */
  public double cpuShare() {
    if (times.measured() > 0) {
      return Math.min(1, (double) times.cpu() / times.measured());
    }
    return times.processCpu() >= 0 && times.occupied() > 0
        ? Math.min(1, (double) times.processCpu() / times.occupied())
        : -1;
  }

  /** Share of that time in which it could have run, but had no core; negative if not known. */
  public double runDelayShare() {
    return times.measured() > 0 && times.runDelay() >= 0
        ? Math.min(1 - cpuShare(), (double) times.runDelay() / times.measured())
        : -1;
  }

  /** Share of that time in which it waited for a lock that another thread had. */
  public double lockShare() {
    return times.wall() <= 0 || times.lock() < 0
        ? 0
        : Math.min(1, (double) times.lock() / times.wall());
  }

  /** Share of the workers' time that they collected garbage. */
  public double gcShare() {
    return times.gc() < 0 || possibleNanos <= 0
        ? 0
        : Math.min(1, (double) times.gc() / possibleNanos);
  }
}
