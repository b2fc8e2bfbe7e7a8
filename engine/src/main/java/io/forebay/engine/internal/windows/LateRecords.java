package io.forebay.engine.internal.windows;

import io.forebay.Batch;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.plan.BoundWindows;
import io.forebay.internal.rows.HeapBatchBuilder;
import io.forebay.internal.rows.RowCopy;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The records of a batch that have no place in a window any more: they go to dead letter, or, if
 * they are late and a sink is given those, among the rows of windows to that sink.
 */
final class LateRecords {
  private static final Duration ALMOST_A_MILLISECOND = Duration.ofNanos(999_999);

  private final BoundWindows bound;
  private final WindowRows numbers;
  private final int partition;
  private final Optional<Schema> output;

  /** Those for dead letter, with their reasons. */
  private final BitSet rows = new BitSet();

  private final List<String> reasons = new ArrayList<>();

  /** Those for the sink, with how late they are. */
  private final BitSet lateRows = new BitSet();

  private final List<Duration> latenesses = new ArrayList<>();

  /**
   * @param numbers those of the rows of windows, of which those for the sink get the next ones
   * @param partition the index of the partition of these rows
   */
  LateRecords(BoundWindows bound, WindowRows numbers, int partition) {
    this.bound = bound;
    this.numbers = numbers;
    this.partition = partition;
    this.output = bound.late();
  }

  /** The record came so much too late, in the unit of its time. */
  void late(int row, long by) {
    Duration lateBy = duration(by);
    if (output.isPresent()) {
      lateRows.set(row);
      latenesses.add(lateBy);
      return;
    }
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

  /**
   * Takes them out of the slot; the others stay.
   *
   * @return those for the sink
   */
  List<Batch> takeFrom(InFlightBatch batch) {
    if (reasons.isEmpty() && latenesses.isEmpty()) {
      return List.of();
    }
    Batch view = batch.slot.view(bound.index());
    reject(batch, RowCopy.toHeap(view, rows.stream().toArray()));
    List<Batch> forSink = forSink(view);
    batch.slot.retain(bound.index(), row -> !rows.get(row) && !lateRows.get(row));
    rows.clear();
    reasons.clear();
    lateRows.clear();
    latenesses.clear();
    return forSink;
  }

  private void reject(InFlightBatch batch, Batch copies) {
    for (int i = 0; i < copies.rows(); i++) {
      Partition of = batch.partitionOf(copies.partition(i));
      batch.reject(
          of,
          copies.sequence(i),
          new Rejection(
              of.sourceName,
              of.name(),
              copies.sequence(i),
              bound.stage(),
              reasons.get(i),
              "",
              new Rejection.Row(copies, i)));
    }
  }

  private List<Batch> forSink(Batch view) {
    if (latenesses.isEmpty()) {
      return List.of();
    }
    HeapBatchBuilder builder =
        new HeapBatchBuilder(output.orElseThrow(), view.extras().isPresent());
    builder.partition(partition);
    Iterator<Duration> lateness = latenesses.iterator();
    lateRows.stream()
        .forEach(row -> {
          RowCopy.set(view, row, builder);
          long lateBy = lateness.next().plus(ALMOST_A_MILLISECOND).toMillis();
          builder.setLong(bound.input().size(), lateBy);
          builder.append(numbers.next(), 0);
        });
    return List.of(builder.build());
  }
}
