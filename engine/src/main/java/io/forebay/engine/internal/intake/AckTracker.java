package io.forebay.engine.internal.intake;

import io.forebay.Frontier;
import io.forebay.GrowingFrontier;
import io.forebay.Position;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows for each partition up to where every record is written, without a gap, and what became of
 * the records up to there, over all runs. Batches may come in any order: a span that comes too
 * early waits until the one before it is there. Used by the sink runner.
 */
public final class AckTracker {
  /** Records of a partition that are committed since the last time, and up to where. */
  public record Acknowledged(Partition partition, Position position, int records) {}

  private record Span(long last, long offset, int records, int delivered, int deadLettered) {}

  /** Small, because there may be a million of them. */
  private static final class Progress {
    final Partition partition;

    /** Its place in the frontier. */
    final int place;

    /** Records without a gap before them since the last commit. */
    int uncommitted;

    /** Spans that came too early, by the record before them; null if there are none. */
    @Nullable Map<Long, Span> early;

    /** Records beyond, in no order, that a store has refused; null if there are none. */
    @Nullable Set<Long> refused;

    Progress(Partition partition, int place) {
      this.partition = partition;
      this.place = place;
    }

    void isEarly(long previous, Span span) {
      if (early == null) {
        early = new HashMap<>();
      }
      early.put(previous, span);
    }

    /** The span that goes on behind that record, if it came too early. */
    @Nullable Span takeEarly(long last) {
      if (early == null) {
        return null;
      }
      Span next = early.remove(last);
      if (early.isEmpty()) {
        early = null;
      }
      return next;
    }

    /** Forgets those that were refused up to that record: how many there were. */
    int takeRefused(long last) {
      if (refused == null) {
        return 0;
      }
      int before = refused.size();
      refused.removeIf(sequence -> sequence <= last);
      int now = before - refused.size();
      if (refused.isEmpty()) {
        refused = null;
      }
      return now;
    }
  }

  private final boolean counts;

  /** The gapless part of everything written, always up to date. */
  private final GrowingFrontier frontier;

  private final List<@Nullable Progress> partitions = new ArrayList<>();
  private final List<Progress> advanced = new ArrayList<>();

  /**
   * Goes on from {@code start}.
   *
   * @param counts whether this run adds to the counts of earlier ones
   */
  public AckTracker(Frontier start, boolean counts) {
    this.counts = counts;
    this.frontier = new GrowingFrontier(start);
  }

  /** Takes in that all records of the batch are written, dead-lettered or filtered. */
  public void written(InFlightBatch batch) {
    for (int span = 0; span < batch.spans(); span++) {
      Progress progress = progress(batch.partition(span));
      Span next =
          new Span(
              batch.last(span),
              batch.offset(span),
              batch.count(span),
              batch.tally.delivered(span),
              batch.tally.deadLettered(span));
      if (batch.previous(span) != last(progress)) {
        progress.isEarly(batch.previous(span), next);
        continue;
      }
      if (progress.uncommitted == 0) {
        advanced.add(progress);
      }
      while (next != null) {
        advance(progress, next);
        next = progress.takeEarly(next.last);
      }
      takeRefused(progress);
    }
  }

  private void advance(Progress progress, Span span) {
    frontier.reach(progress.place, span.last, span.offset);
    progress.uncommitted += span.records;
    count(progress, span.records, span.delivered, span.deadLettered);
  }

  /** The last record without a gap before it. */
  private long last(Progress progress) {
    return frontier.position(progress.place).sequence();
  }

  /** A store has refused a record of the partition that was taken for delivered. */
  public void refused(Partition partition, long sequence) {
    Progress progress = progress(partition);
    if (progress.refused == null) {
      progress.refused = new HashSet<>();
    }
    progress.refused.add(sequence);
    takeRefused(progress);
  }

  /** Those that were refused up to the frontier were taken for delivered. */
  private void takeRefused(Progress progress) {
    int now = progress.takeRefused(last(progress));
    if (now > 0) {
      count(progress, 0, -now, now);
    }
  }

  private void count(Progress progress, int read, int delivered, int deadLettered) {
    if (counts) {
      frontier.count(progress.place, read, delivered, deadLettered);
    }
  }

  /** The rows of windows stand there. */
  public void windows(Position position) {
    frontier.reach(frontier.place(Partition.WINDOWS), position.sequence(), position.offset());
  }

  /**
   * So many records of other partitions, where they count as filtered, are delivered as rows among
   * those of windows.
   */
  public void late(int records) {
    if (counts) {
      frontier.count(frontier.place(Partition.WINDOWS), 0, records, 0);
    }
  }

  /** Whether a store has refused a record that lies beyond the frontier. */
  public boolean isAnyRefusedBeyond() {
    return partitions.stream().anyMatch(each -> each != null && each.refused != null);
  }

  private Progress progress(Partition partition) {
    while (partitions.size() <= partition.index) {
      partitions.add(null);
    }
    Progress progress = partitions.get(partition.index);
    if (progress == null) {
      progress = new Progress(partition, frontier.place(partition.key));
      partitions.set(partition.index, progress);
    }
    return progress;
  }

  /**
   * What may be committed: the gapless part of everything written.
   *
   * @param dropped what sources have thrown away, over all runs
   */
  public Frontier frontier(Map<String, Long> dropped) {
    return frontier.snapshot(dropped);
  }

  /** The {@link #frontier} is committed everywhere: what is to be acknowledged to the sources. */
  public List<Acknowledged> committed() {
    List<Acknowledged> all = new ArrayList<>(advanced.size());
    for (Progress progress : advanced) {
      all.add(
          new Acknowledged(
              progress.partition, frontier.position(progress.place), progress.uncommitted));
      progress.uncommitted = 0;
    }
    advanced.clear();
    return all;
  }
}
