package io.forebay.engine;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Positions;
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

  /** Small, because there may be a million of them. */
  private static final class Progress {
    final Partition partition;

    /** The last record without a gap before it, and where reading goes on behind it. */
    long last;

    long offset;
    long uncommitted;

    // What has become of the records up to there: see Totals.
    long read;
    long delivered;
    long deadLettered;

    // Their places in the frontier; -1 before they have one.
    int at = -1;
    int countsAt = -1;
    int deadLetteredAt = -1;

    /** Spans that came too early, by the record before them; null if there are none. */
    @Nullable Map<Long, Span> early;

    /** Records beyond, in no order, that a store has refused; null if there are none. */
    @Nullable Set<Long> refused;

    Progress(Partition partition, Totals totals) {
      this.partition = partition;
      this.last = partition.resumeFrom.sequence();
      this.offset = partition.resumeFrom.offset();
      this.read = totals.read();
      this.delivered = totals.delivered();
      this.deadLettered = totals.deadLettered();
    }

    void advance(Span span) {
      last = span.last;
      offset = span.offset;
      uncommitted += span.records;
      read += span.records;
      delivered += span.delivered;
      deadLettered += span.deadLettered;
    }

    void isEarly(long previous, Span span) {
      if (early == null) {
        early = new HashMap<>();
      }
      early.put(previous, span);
    }

    /** The span that goes on here, if it came too early. */
    @Nullable Span takeEarly() {
      if (early == null) {
        return null;
      }
      Span next = early.remove(last);
      if (early.isEmpty()) {
        early = null;
      }
      return next;
    }

    /** Those that were refused up to here were taken for delivered. */
    void takeRefused() {
      if (refused == null) {
        return;
      }
      int before = refused.size();
      refused.removeIf(sequence -> sequence <= last);
      int now = before - refused.size();
      delivered -= now;
      deadLettered += now;
      if (refused.isEmpty()) {
        refused = null;
      }
    }
  }

  private final Frontier start;
  private final boolean counts;
  private final Positions.Growing frontier;
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
    this.frontier = new Positions.Growing(start.positions());
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
        progress.isEarly(batch.previous(span), next);
        continue;
      }
      if (progress.uncommitted == 0) {
        advanced.add(progress);
      }
      while (next != null) {
        progress.advance(next);
        next = progress.takeEarly();
      }
      progress.takeRefused();
    }
  }

  /** A store has refused a record of the partition that was taken for delivered. */
  void refused(Partition partition, long sequence) {
    Progress progress = progress(partition);
    if (progress.refused == null) {
      progress.refused = new HashSet<>();
    }
    progress.refused.add(sequence);
    progress.takeRefused();
  }

  /** Whether a store has refused a record that lies beyond the frontier. */
  boolean isAnyRefusedBeyond() {
    return partitions.stream().anyMatch(each -> each != null && each.refused != null);
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
    for (Progress each : advanced) {
      String key = each.partition.key;
      each.at = frontier.put(each.at, key, each.last, each.offset);
      if (counts) {
        putCounts(each, key);
      }
    }
    return new Frontier(frontier.snapshot());
  }

  private void putCounts(Progress each, String key) {
    if (each.read > 0) {
      String of = each.countsAt < 0 ? Totals.DELIVERED + key : key;
      each.countsAt = frontier.put(each.countsAt, of, each.read, each.delivered);
    }
    if (each.deadLettered > 0) {
      String of = each.deadLetteredAt < 0 ? Totals.DEAD_LETTERED + key : key;
      each.deadLetteredAt = frontier.put(each.deadLetteredAt, of, each.read, each.deadLettered);
    }
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
