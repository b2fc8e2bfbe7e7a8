package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.RecordCounts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts what became of the records of one batch, part by part; see {@link RecordCounts} for how a
 * record counts that a function multiplied. Used by the sink runner.
 */
final class Tally {
  /** A record. */
  record Key(int partition, long sequence) {}

  private long delivered;
  private int lastPartition = -1;
  private long lastSequence;
  private boolean lastCounted;

  /**
   * Counts a part that the sinks have taken.
   *
   * @param multiplied whether a stage makes any number of rows of one
   * @param rejected all rejections of the batch so far
   */
  void part(Batch rows, boolean multiplied, List<Rejected> rejected) {
    if (!multiplied) {
      delivered += rows.rows();
      return;
    }
    Set<Key> keys = keys(rejected);
    undoIfRejected(keys);
    for (int row = 0; row < rows.rows(); row++) {
      int partition = rows.partition(row);
      long sequence = rows.sequence(row);
      if (partition != lastPartition || sequence != lastSequence) {
        lastPartition = partition;
        lastSequence = sequence;
        lastCounted = !keys.contains(new Key(partition, sequence));
        delivered += lastCounted ? 1 : 0;
      }
    }
  }

  /** The record that the last part ended with may have lost another of its rows since. */
  private void undoIfRejected(Set<Key> keys) {
    if (lastCounted && keys.contains(new Key(lastPartition, lastSequence))) {
      delivered--;
      lastCounted = false;
    }
  }

  /** The records that were rejected. */
  static Set<Key> keys(List<Rejected> rejected) {
    if (rejected.isEmpty()) {
      return Set.of();
    }
    Set<Key> keys = new HashSet<>();
    rejected.forEach(each -> keys.add(new Key(each.partition(), each.sequence())));
    return keys;
  }

  /** The batch is done: adds its {@code records} to {@code counts}. */
  Counts finish(Counts counts, long records, boolean multiplied, List<Rejected> rejected) {
    long deadLettered = rejected.size();
    if (multiplied) {
      Set<Key> keys = keys(rejected);
      undoIfRejected(keys);
      deadLettered = keys.size();
    }
    return new Counts(
        counts.delivered + delivered,
        counts.deadLettered + deadLettered,
        counts.filtered + records - delivered - deadLettered);
  }

  /** Records that have left the pipeline, as one value. */
  record Counts(long delivered, long deadLettered, long filtered) {
    static final Counts ZERO = new Counts(0, 0, 0);

    /** Records that were taken for delivered, and that a sink's store has refused. */
    Counts refused(long more) {
      return new Counts(delivered - more, deadLettered + more, filtered);
    }

    /**
     * The counts of the pipeline.
     *
     * @param handedIn records that sources handed in
     * @param dropped records that sources threw away
     */
    RecordCounts with(long handedIn, long dropped) {
      return new RecordCounts(
          handedIn + dropped,
          delivered,
          deadLettered,
          filtered,
          dropped,
          handedIn - delivered - deadLettered - filtered);
    }
  }
}
