package io.forebay.engine.internal.batches;

import io.forebay.Position;
import io.forebay.columns.Field;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * A partition of a source while the pipeline runs. What is not final is guarded by the intake's
 * lock. There may be a million of them: what one costs is measured by {@code PartitionMemoryTest}.
 */
public final class Partition {
  /** The key of what no source hands in: rows of windows. */
  public static final String WINDOWS = Field.RESERVED_PREFIX + "windows";

  /** The number of the partition in the pipeline, as in {@link io.forebay.Batch#partition}. */
  public final int index;

  /** The number of its source. */
  public final int source;

  public final String sourceName;

  /** Its name in a {@link io.forebay.Frontier}. */
  public final String key;

  /** Where this run goes on; everything up to here was delivered before. */
  final Position resumeFrom;

  /** What its thread waits at; none before it waits for the first time. */
  public @Nullable Condition turn;

  /** Sequence of the record handed in last. */
  public long lastSequence;

  /** Records handed in and not acknowledged. */
  public int unacknowledged;

  /** Records handed in. */
  public long records;

  /** Records handed in since others began to wait in line. */
  public short burst;

  /** Whether it is this partition's turn after it waited in line. */
  public boolean granted;

  public boolean waitsForCredit;

  /** The sequence of the batch that {@link #spanIndex} belongs to. */
  public long spanBatch = -1;

  int spanIndex;

  public Partition(int index, int source, String sourceName, String key, Position resumeFrom) {
    this.index = index;
    this.source = source;
    this.sourceName = sourceName;
    this.key = key;
    this.resumeFrom = resumeFrom;
    this.lastSequence = resumeFrom.sequence();
  }

  /** The partition of the rows of windows. */
  public static Partition ofWindows(int index) {
    return new Partition(index, -1, WINDOWS, WINDOWS, Position.START);
  }

  /** Whether its rows are no records, but were made of some. */
  public boolean isDerived() {
    return source < 0;
  }

  /** The sequence behind which this run goes on. */
  public long resumedAt() {
    return resumeFrom.sequence();
  }

  /** Its name within the source. */
  public String name() {
    return nameOf(key);
  }

  /** Whether the record may come after those that were handed in. */
  public void checkFollows(long sequence) {
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
  public void signal() {
    if (turn != null) {
      turn.signal();
    }
  }

  public static String key(String source, String partition) {
    return partition.isEmpty() ? source : source + "/" + partition;
  }

  /** The source in a {@link #key}. */
  public static String sourceOf(String key) {
    int slash = key.indexOf('/');
    return slash < 0 ? key : key.substring(0, slash);
  }

  /** The name within the source in a {@link #key}. */
  public static String nameOf(String key) {
    int slash = key.indexOf('/');
    return slash < 0 ? "" : key.substring(slash + 1);
  }
}
