package io.forebay.engine;

import io.forebay.Position;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * A partition of a source while the pipeline runs. What is not final is guarded by the intake's
 * lock. There may be a million of them: what one costs is measured by {@code PartitionMemoryTest}.
 */
final class Partition {
  /** The number of the partition in the pipeline, as in {@link io.forebay.Batch#partition}. */
  final int index;

  /** The number of its source. */
  final int source;

  final String sourceName;

  /** Its name in a {@link io.forebay.Frontier}. */
  final String key;

  /** Where this run goes on; everything up to here was delivered before. */
  final Position resumeFrom;

  /** What its thread waits at; none before it waits for the first time. */
  @Nullable Condition turn;

  /** Sequence of the record handed in last. */
  long lastSequence;

  /** Records handed in and not acknowledged. */
  int unacknowledged;

  /** Records handed in. */
  long records;

  /** Records handed in since others began to wait in line. */
  short burst;

  /** Whether it is this partition's turn after it waited in line. */
  boolean granted;

  boolean waitsForCredit;

  /** The sequence of the batch that {@link #spanIndex} belongs to. */
  long spanBatch = -1;

  int spanIndex;

  Partition(int index, int source, String sourceName, String key, Position resumeFrom) {
    this.index = index;
    this.source = source;
    this.sourceName = sourceName;
    this.key = key;
    this.resumeFrom = resumeFrom;
    this.lastSequence = resumeFrom.sequence();
  }

  /** Its name within the source. */
  String name() {
    return nameOf(key);
  }

  /** Whether the record may come after those that were handed in. */
  void checkFollows(long sequence) {
    if (sequence <= lastSequence) {
      throw new IllegalArgumentException(
          "the record "
              + sequence
              + " of "
              + key
              + " came after record "
              + lastSequence
              + ": sequences ascend");
    }
  }

  /** Its thread goes on, if it waits. */
  void signal() {
    if (turn != null) {
      turn.signal();
    }
  }

  static String key(String source, String partition) {
    return partition.isEmpty() ? source : source + "/" + partition;
  }

  /** The source in a {@link #key}. */
  static String sourceOf(String key) {
    int slash = key.indexOf('/');
    return slash < 0 ? key : key.substring(0, slash);
  }

  /** The name within the source in a {@link #key}. */
  static String nameOf(String key) {
    int slash = key.indexOf('/');
    return slash < 0 ? "" : key.substring(slash + 1);
  }
}
