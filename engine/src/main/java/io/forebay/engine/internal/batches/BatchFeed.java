package io.forebay.engine.internal.batches;

import org.jspecify.annotations.Nullable;

/** Where a dispatcher gets batches from: the intake, or the windows that are over. */
public interface BatchFeed {
  /**
   * Takes the next batch, if one is closed or due.
   *
   * @param rowLimit how many rows the next batches shall have
   * @param earlyRows with so many rows a batch goes at once, because a worker is idle
   * @param lingerNanos how long the oldest record of a batch may wait for others
   */
  @Nullable InFlightBatch poll(long now, int rowLimit, int earlyRows, long lingerNanos);

  /** When the batch was opened that waits for others; -1 if there is none. */
  long openedAt();

  /** Whether nothing will come any more. */
  boolean isDrained();

  /** Whether that is because the sources came to their end by themselves. */
  boolean isComplete();

  /** For how long at least one source has waited for a free slot; 0 where none does. */
  long roomWait(long now);

  /** The keys of the partitions. */
  PartitionNames names();
}
