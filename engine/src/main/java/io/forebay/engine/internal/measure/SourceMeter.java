package io.forebay.engine.internal.measure;

import io.forebay.snapshot.SourceTimes;

/** What is measured of one source; guarded by the intake's lock. */
public final class SourceMeter {
  private long records;
  private long bytes;
  private boolean finished;
  private boolean exhausted;
  public final WaitMeter room = new WaitMeter();
  public final WaitMeter credit = new WaitMeter();
  private int partitions;
  private long finishedAt;

  /** The records of the partition that has handed in most. */
  private long busiest;

  public void opened() {
    partitions++;
  }

  public void finished(long now, boolean byItself) {
    finished = true;
    exhausted = byItself;
    finishedAt = now;
  }

  /** Whether it has come to its end by itself. */
  public boolean isExhausted() {
    return exhausted;
  }

  /** A record of so many bytes was handed in by a partition that has now handed in so many. */
  public void taken(long ofPartition, int recordBytes) {
    records++;
    bytes += recordBytes;
    if (ofPartition > busiest) {
      busiest = ofPartition;
    }
  }

  /** How many records it has handed in. */
  public long records() {
    return records;
  }

  /** A source at an instant. */
  public record Reading(
      long records, double blockedShare, boolean finished, SourceTimes times, long bytes) {}

  public Reading read(long now, long startedAt) {
    long forRoom = room.nanos(now);
    long forCredit = credit.nanos(now);
    double possible = (double) Math.max(1, now - startedAt) * Math.max(1, partitions);
    return new Reading(
        records,
        Math.clamp((forRoom + forCredit) / possible, 0, 1),
        finished,
        new SourceTimes(
            forRoom,
            forCredit,
            (finished ? finishedAt : now) - startedAt,
            partitions,
            records == 0 ? 0 : (double) busiest / records),
        bytes);
  }
}
