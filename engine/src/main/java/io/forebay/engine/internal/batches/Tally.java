package io.forebay.engine.internal.batches;

import io.forebay.Batch;
import io.forebay.RecordCounts;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts what became of the records of one batch, part by part, for each of its spans; see {@link
 * RecordCounts} for how a record counts that a function multiplied. Used by the sink runner.
 */
public final class Tally {
  /** A record. */
  public record Key(int partition, long sequence) {}

  private final InFlightBatch batch;
  private int[] delivered = {};
  private int[] deadLettered = {};
  private int lastPartition = -1;
  private long lastSequence;
  private boolean lastCounted;

  Tally(InFlightBatch batch) {
    this.batch = batch;
  }

  /**
   * Counts a part that the sinks have taken.
   *
   * @param multiplied whether a stage makes any number of rows of one
   */
  public void part(Batch rows, boolean multiplied) {
    begin();
    if (multiplied) {
      multiplied(rows);
    } else if (batch.spans() == 1) {
      delivered[0] += rows.rows();
    } else if (rows.rows() == batch.records) {
      for (int span = 0; span < batch.spans(); span++) {
        delivered[span] = batch.count(span);
      }
    } else {
      for (int row = 0; row < rows.rows(); row++) {
        delivered[batch.spanOf(rows.partition(row))]++;
      }
    }
  }

  private void begin() {
    if (delivered.length == 0) { // The batch takes no more records, so this is all it has.
      delivered = new int[batch.spans()];
      deadLettered = new int[batch.spans()];
    }
  }

  private void multiplied(Batch rows) {
    Set<Key> keys = keys(batch.rejected);
    undoIfRejected(keys);
    for (int row = 0; row < rows.rows(); row++) {
      int partition = rows.partition(row);
      long sequence = rows.sequence(row);
      if (partition != lastPartition || sequence != lastSequence) {
        lastPartition = partition;
        lastSequence = sequence;
        lastCounted = !keys.contains(new Key(partition, sequence));
        delivered[batch.spanOf(partition)] += lastCounted ? 1 : 0;
      }
    }
  }

  /** The record that the last part ended with may have lost another of its rows since. */
  private void undoIfRejected(Set<Key> keys) {
    if (lastCounted && keys.contains(new Key(lastPartition, lastSequence))) {
      delivered[batch.spanOf(lastPartition)]--;
      lastCounted = false;
    }
  }

  /** The records that were rejected. */
  public static Set<Key> keys(List<Rejected> rejected) {
    if (rejected.isEmpty()) {
      return Set.of();
    }
    Set<Key> keys = new HashSet<>();
    rejected.forEach(each -> keys.add(new Key(each.partition(), each.sequence())));
    return keys;
  }

  /** The batch is done. */
  public void finish(boolean multiplied) {
    begin();
    if (multiplied) {
      Set<Key> keys = keys(batch.rejected);
      undoIfRejected(keys);
      keys.forEach(key -> deadLettered[batch.spanOf(key.partition)]++);
    } else {
      batch.rejected.forEach(each -> deadLettered[batch.spanOf(each.partition())]++);
    }
  }

  /** Of the batch's records those that every sink has taken; once finished. */
  public long delivered() {
    return Arrays.stream(delivered).asLongStream().sum();
  }

  /** Of the batch's records those that are in dead letter; once finished. */
  public long deadLettered() {
    return Arrays.stream(deadLettered).asLongStream().sum();
  }

  /** Of the batch's records the others; once finished. */
  public long filtered() {
    return batch.records - delivered() - deadLettered();
  }

  /** Of the span's records those that every sink has taken; once finished. */
  public int delivered(int span) {
    return delivered[span];
  }

  /** Of the span's records those that are in dead letter; once finished. */
  public int deadLettered(int span) {
    return deadLettered[span];
  }
}
