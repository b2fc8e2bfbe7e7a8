package io.forebay.engine;

import io.forebay.Frontier;
import io.forebay.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Knows for each partition up to where every record is written, without a gap. Batches may come in
 * any order: a span that comes too early waits until the one before it is there. Used by the sink
 * runner.
 */
final class AckTracker {
  /** Records of a partition that are committed since the last time, and up to where. */
  record Acknowledged(Partition partition, Position position, long records) {}

  private record Span(long last, long offset, int records) {}

  private static final class Progress {
    final Partition partition;
    long last;
    long offset;
    long uncommitted;
    final Map<Long, Span> early = new HashMap<>(0);

    Progress(Partition partition) {
      this.partition = partition;
      this.last = partition.resumeFrom.sequence();
      this.offset = partition.resumeFrom.offset();
    }
  }

  private final Map<String, Position> frontier;
  private final List<@Nullable Progress> partitions = new ArrayList<>();
  private final List<Progress> advanced = new ArrayList<>();

  /** Goes on from {@code start}. */
  AckTracker(Frontier start) {
    this.frontier = new HashMap<>(start.positions());
  }

  /** Takes in that all records of the batch are written, dead-lettered or filtered. */
  void written(InFlightBatch batch) {
    for (int span = 0; span < batch.spans(); span++) {
      Progress progress = progress(batch.partition(span));
      Span next = new Span(batch.last(span), batch.offset(span), batch.count(span));
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
        next = progress.early.isEmpty() ? null : progress.early.remove(next.last);
      }
    }
  }

  private Progress progress(Partition partition) {
    while (partitions.size() <= partition.index) {
      partitions.add(null);
    }
    Progress progress = partitions.get(partition.index);
    if (progress == null) {
      progress = new Progress(partition);
      partitions.set(partition.index, progress);
    }
    return progress;
  }

  /** What may be committed: the gapless part of everything written. */
  Frontier frontier() {
    for (Progress progress : advanced) {
      frontier.put(progress.partition.key, new Position(progress.last, progress.offset));
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
