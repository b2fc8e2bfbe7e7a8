package io.forebay.engine.internal.windows;

import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.batches.PartitionNames;
import io.forebay.engine.internal.intake.Intake;
import io.forebay.internal.windows.WindowGrid;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What time it is for windows. Each partition has its own: the newest time among its records, less
 * the lateness that is allowed. A record is late beside <em>its own</em> partition, so that does
 * not depend on how partitions are interleaved; and a window is over when it is over for every
 * partition, so no record that is not late finds it closed.
 *
 * <p>Only silence depends on the clock on the wall. A partition that hands in nothing for a while,
 * while nothing of it is on its way, is not waited for. When all are silent, event time goes on as
 * the clock on the wall does, from the newest on. What such a partition hands in afterwards may be
 * late.
 *
 * <p>Used by the sink runner. Looks at each partition once a batch.
 */
final class EventClock {
  private static final long NEVER = WindowGrid.NEVER;

  private final WindowGrid grid;
  private final Intake intake;
  private final PartitionNames partitions;
  private final long idleNanos;
  private final long startedAt;

  /** What earlier runs have seen of partitions that this one has not opened yet. */
  private final Map<String, Long> earlier;

  // By the index of a partition.
  private long[] newest = {};

  /** The sequence up to which its records have come here. */
  private long[] upTo = {};

  private long[] arrivedAt = {};
  private int known;

  /** Everything up to here is over, for all. */
  private long over;

  /**
   * @param earlier newest times by partition
   * @param over what earlier runs have closed
   */
  EventClock(
      WindowGrid grid,
      Intake intake,
      long idleNanos,
      long now,
      Map<String, Long> earlier,
      long over) {
    this.grid = grid;
    this.intake = intake;
    this.partitions = intake.names();
    this.idleNanos = idleNanos;
    this.startedAt = now;
    this.earlier = new HashMap<>(earlier);
    this.over = over;
  }

  /** Up to where everything is over. */
  long over() {
    return over;
  }

  /** Takes in that there are more partitions. */
  private void meet(long now) {
    int size = partitions.size();
    if (size > newest.length) {
      int room = Math.max(size, 2 * newest.length);
      newest = Arrays.copyOf(newest, room);
      upTo = Arrays.copyOf(upTo, room);
      arrivedAt = Arrays.copyOf(arrivedAt, room);
    }
    for (; known < size; known++) {
      Partition partition = partitions.partition(known);
      Long seen = earlier.remove(partition.key);
      newest[known] = seen == null ? NEVER : seen;
      upTo[known] = partition.resumedAt();
      arrivedAt[known] = now;
    }
  }

  /** Takes in of which partitions a batch has records; before it is asked about them. */
  void arrives(InFlightBatch batch, long now) {
    meet(now);
    for (int span = 0; span < batch.spans(); span++) {
      arrivedAt[batch.partition(span).index] = now;
    }
  }

  /** All records of a batch were looked at. */
  void arrived(InFlightBatch batch) {
    for (int span = 0; span < batch.spans(); span++) {
      upTo[batch.partition(span).index] = batch.last(span);
    }
  }

  /**
   * For how long in event time the pane was over for a record of the partition; below 0: it is not.
   */
  long lateBy(int partition, long pane) {
    long horizon = Math.max(grid.horizon(newest[partition]), over);
    return horizon == NEVER ? -1 : horizon - (pane + grid.every());
  }

  /** A record of the partition that is not late. */
  void seen(int partition, long time) {
    newest[partition] = Math.max(newest[partition], time);
  }

  /** Up to where everything is over now. */
  long advance(long now) {
    over = Math.max(over, reached(now));
    return over;
  }

  /** Everything up to there is over, because nothing will come. */
  long advanceTo(long end) {
    over = Math.max(over, end);
    return over;
  }

  private long reached(long now) {
    meet(now);
    boolean[] opened = new boolean[intake.sources()];
    boolean[] exhausted = new boolean[opened.length];
    for (int source = 0; source < exhausted.length; source++) {
      exhausted[source] = intake.isExhausted(source);
    }
    long least = Long.MAX_VALUE;
    long silent = NEVER;
    for (int i = 0; i < known; i++) {
      Partition partition = partitions.partition(i);
      if (partition.isDerived()) {
        continue;
      }
      opened[partition.source] = true;
      if (exhausted[partition.source] && partition.lastSequence <= upTo[i]) {
        continue; // All that it will ever have is here.
      }
      long quiet = now - arrivedAt[i];
      if (quiet < idleNanos || !intake.isSilent(partition, upTo[i])) {
        if (newest[i] == NEVER) {
          return NEVER;
        }
        least = Math.min(least, grid.horizon(newest[i]));
      } else if (newest[i] != NEVER) {
        silent = Math.max(silent, grid.horizon(newest[i]) + quiet / grid.unitNanos());
      }
    }
    for (int source = 0; source < opened.length; source++) {
      if (!opened[source] && !exhausted[source] && now - startedAt < idleNanos) {
        return NEVER;
      }
    }
    return least == Long.MAX_VALUE ? silent : least;
  }

  /** What the next run has to know: of partitions that are behind what is over anyway, nothing. */
  Map<String, Long> newest() {
    Map<String, Long> all = new HashMap<>(earlier);
    for (int i = 0; i < known; i++) {
      all.put(partitions.get(i), newest[i]);
    }
    all.values().removeIf(at -> at == NEVER || grid.horizon(at) <= over);
    return all;
  }
}
