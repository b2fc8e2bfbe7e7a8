package io.forebay.engine.internal.windows;

import io.forebay.Batch;
import io.forebay.Rejection;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.plan.BoundWindows;
import io.forebay.internal.rows.RowCopy;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The records of a batch that have no place in a window any more: they go to dead letter. */
final class LateRecords {
  private final BoundWindows bound;
  private final BitSet rows = new BitSet();
  private final List<String> reasons = new ArrayList<>();

  LateRecords(BoundWindows bound) {
    this.bound = bound;
  }

  /** The record came so much too late, in the unit of its time. */
  void late(int row, long by) {
    Duration lateBy = duration(by);
    add(
        row,
        "late by "
            + text(lateBy)
            + ": a window of the record was over when it came (maxLateness is "
            + text(bound.windows().maxLateness())
            + ")");
  }

  private Duration duration(long units) {
    long nanos = bound.grid().unitNanos();
    long ofASecond = 1_000_000_000 / nanos;
    return Duration.ofSeconds(units / ofASecond, units % ofASecond * nanos);
  }

  private static String text(Duration duration) {
    return BigDecimal.valueOf(duration.toSeconds())
            .add(BigDecimal.valueOf(duration.toNanosPart(), 9))
            .stripTrailingZeros()
            .toPlainString()
        + "s";
  }

  /** There are as many open windows as there may be. */
  void full(int row) {
    add(
        row,
        bound.windows().most()
            + " pieces of windows are open, and the record needs another one: raise most (which"
            + " counts the records as well where these are collected), or have windows be over"
            + " sooner with a smaller size, every or maxLateness");
  }

  private void add(int row, String reason) {
    rows.set(row);
    reasons.add(reason);
  }

  /** Takes them out of the slot; the others stay. */
  void reject(InFlightBatch batch) {
    if (reasons.isEmpty()) {
      return;
    }
    Batch copies = RowCopy.toHeap(batch.slot.view(bound.index()), rows.stream().toArray());
    for (int i = 0; i < copies.rows(); i++) {
      Partition partition = batch.partitionOf(copies.partition(i));
      batch.reject(
          partition,
          copies.sequence(i),
          new Rejection(
              partition.sourceName,
              partition.name(),
              copies.sequence(i),
              bound.stage(),
              reasons.get(i),
              "",
              new Rejection.Row(copies, i)));
    }
    batch.slot.retain(bound.index(), row -> !rows.get(row));
    rows.clear();
    reasons.clear();
  }
}
