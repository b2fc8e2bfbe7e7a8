package io.forebay.engine;

import io.forebay.Frontier;
import io.forebay.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows for each partition up to where every record is written, without a gap. Batches may come in
 * any order: a span that comes too early waits until the one before it is there. Counts what has
 * become of those records, over all runs. Used by the sink runner.
 */
final class AckTracker {
  /** Records of a partition that are committed since the last time, and up to where. */
  record Acknowledged(Partition partition, Position position, long records) {}

  private record Span(long last, long offset, int records, int delivered, int deadLettered) {}

  private static final class Progress {
    final Partition partition;
    long last;
    long offset;
    long uncommitted;
    Totals totals;
    final Map<Long, Span> early = new HashMap<>(0);

    /** Records beyond, in no order, that a store has refused. */
    final Set<Long> refused = new HashSet<>(0);

    Progress(Partition partition, Totals totals) {
      this.partition = partition;
      this.totals = totals;
      this.last = partition.resumeFrom.sequence();
      this.offset = partition.resumeFrom.offset();
    }

    /** Those that were refused up to here were taken for delivered. */
    void takeRefused() {
      int before = refused.size();
      refused.removeIf(sequence -> sequence <= last);
      int now = before - refused.size();
      totals = totals.plus(0, -now, now);
    }
  }

  private final Frontier start;
  private final boolean counts;
  private final Map<String, Position> frontier;
  private final List<@Nullable Progress> partitions = new ArrayList<>();
  private final List<Progress> advanced = new ArrayList<>();

  /**
   * Goes on from {@code start}.
   *
   * @param counts whether the frontiers tell what has become of the records
   */
  AckTracker(Frontier start, boolean counts) {
    this.start = start;
    this.counts = counts;
    this.frontier = new HashMap<>(start.positions());
  }

  /** Takes in that all records of the batch are written, dead-lettered or filtered. */
  void written(InFlightBatch batch) {
    for (int span = 0; span < batch.spans(); span++) {
      Progress progress = progress(batch.partition(span));
      Span next =
          new Span(
              batch.last(span),
              batch.offset(span),
              batch.count(span),
              batch.tally.delivered(span),
              batch.tally.deadLettered(span));
      if (batch.previous(span) != progress.last) {
        progress.early.put(batch.previous(span), next);
        continue;
      }
      if (progress.uncommitted == 0) {
        advanced.add(progress);
      }
      while (next != null) {
        progress.last = next.last;
        progress.offset = next.offset;
        progress.uncommitted += next.records;
        progress.totals = progress.totals.plus(next.records, next.delivered, next.deadLettered);
        next = progress.early.isEmpty() ? null : progress.early.remove(next.last);
      }
      if (!progress.refused.isEmpty()) {
        progress.takeRefused();
      }
    }
  }

  /** A store has refused a record of the partition that was taken for delivered. */
  void refused(Partition partition, long sequence) {
    Progress progress = progress(partition);
    progress.refused.add(sequence);
    progress.takeRefused();
  }

  /** Whether a store has refused a record that lies beyond the frontier. */
  boolean isAnyRefusedBeyond() {
    return partitions.stream().anyMatch(each -> each != null && !each.refused.isEmpty());
  }

  private Progress progress(Partition partition) {
    while (partitions.size() <= partition.index) {
      partitions.add(null);
    }
    Progress progress = partitions.get(partition.index);
    if (progress == null) {
      progress = new Progress(partition, Totals.of(start, partition.key));
      partitions.set(partition.index, progress);
    }
    return progress;
  }

  /** What may be committed: the gapless part of everything written. */
  Frontier frontier() {
    for (Progress progress : advanced) {
      String key = progress.partition.key;
      frontier.put(key, new Position(progress.last, progress.offset));
      if (counts) {
        progress.totals.into(frontier, key);
      }
    }
    return new Frontier(frontier);
  }

  /** The {@link #frontier} is committed everywhere: what is to be acknowledged to the sources. */
  List<Acknowledged> committed() {
    List<Acknowledged> all = new ArrayList<>(advanced.size());
    for (Progress progress : advanced) {
      all.add(
          new Acknowledged(
              progress.partition,
              new Position(progress.last, progress.offset),
              progress.uncommitted));
      progress.uncommitted = 0;
    }
    advanced.clear();
    return all;
  }
}
