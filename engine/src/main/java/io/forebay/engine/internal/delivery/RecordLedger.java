package io.forebay.engine.internal.delivery;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.RecordCounts;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.PartitionNames;
import io.forebay.engine.internal.batches.Tally;
import io.forebay.engine.internal.intake.AckTracker;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The one book of what has become of the records: how many of this run have left the pipeline, and
 * for each partition, over all runs, up to where and with what counts ({@link AckTracker}). What is
 * written counts when it is committed in every output, dead letters included; until then it is in
 * flight. Written by the sink runner; the counts are for anybody.
 */
public final class RecordLedger {
  /**
   * Records of this run that have left the pipeline.
   *
   * @param late those of the delivered that came too late for their windows, and are in a sink
   */
  public record Counts(long delivered, long deadLettered, long filtered, long late) {
    private static final Counts ZERO = new Counts(0, 0, 0, 0);

    private Counts plus(Tally batch) {
      return new Counts(
          delivered + batch.delivered(),
          deadLettered + batch.deadLettered(),
          filtered + batch.filtered(),
          late);
    }

    /** Records that were taken for delivered, and that a sink's store has refused. */
    private Counts refused(long more) {
      return new Counts(delivered - more, deadLettered + more, filtered, late);
    }

    /** Records that were taken for filtered, because they are in no window, and that a sink has. */
    private Counts late(long more) {
      return new Counts(delivered + more, deadLettered, filtered - more, late + more);
    }

    /**
     * The counts of the pipeline.
     *
     * @param handedIn records that sources handed in
     * @param dropped records that sources threw away
     */
    public RecordCounts with(long handedIn, long dropped) {
      return new RecordCounts(
          handedIn + dropped,
          delivered,
          deadLettered,
          filtered,
          dropped,
          handedIn - delivered - deadLettered - filtered);
    }
  }

  /**
   * @param ofEarlier records of earlier runs that a store has refused in this one
   */
  private record Standing(Counts counts, long ofEarlier) {
    static final Standing ZERO = new Standing(Counts.ZERO, 0);
  }

  private final AckTracker acks;
  private final Supplier<Map<String, Long>> dropped;
  private volatile Standing written = Standing.ZERO;
  private volatile Standing committed = Standing.ZERO;

  /**
   * @param start where the run goes on
   * @param addsUp whether this run adds to the counts of earlier ones
   * @param dropped what sources have thrown away, over all runs
   */
  public RecordLedger(Frontier start, boolean addsUp, Supplier<Map<String, Long>> dropped) {
    this.acks = new AckTracker(start, addsUp);
    this.dropped = dropped;
  }

  /** The records of this run that have left the pipeline, as every output has committed it. */
  public Counts counts() {
    return committed.counts;
  }

  /** The records of this run that have left the pipeline, committed or not. */
  Counts writtenCounts() {
    return written.counts;
  }

  /** How many records are written, committed or not. */
  public long written() {
    Counts counts = written.counts;
    return counts.delivered + counts.deadLettered + counts.filtered;
  }

  /** What became of the records of earlier runs, with what stores have refused of them since. */
  public RecordCounts earlier(RecordCounts then) {
    long refused = Math.min(committed.ofEarlier, then.delivered());
    return then.plus(new RecordCounts(0, -refused, refused, 0, 0, 0));
  }

  /** A batch is written to every output. */
  void written(InFlightBatch batch, boolean multiplied) {
    batch.tally.finish(multiplied);
    written = new Standing(written.counts.plus(batch.tally), written.ofEarlier);
    acks.written(batch);
  }

  /** So many records of a batch that is written, or is about to be, came too late for windows. */
  void late(int more) {
    if (more > 0) {
      written = new Standing(written.counts.late(more), written.ofEarlier);
      acks.late(more);
    }
  }

  /** Stores have refused records that were taken for delivered. */
  void refused(Refusals.Taken refused, PartitionNames partitions) {
    written =
        new Standing(
            written.counts.refused(refused.records()), written.ofEarlier + refused.ofEarlier());
    for (Tally.Key each : refused.direct()) {
      acks.refused(partitions.partition(each.partition()), each.sequence());
    }
  }

  /** Whether a store has refused a record that lies beyond the {@link #frontier}. */
  boolean isAnyRefusedBeyond() {
    return acks.isAnyRefusedBeyond();
  }

  /** The rows of windows stand there: a part of what may be committed. */
  Frontier frontier(Position ofWindows) {
    acks.windows(ofWindows);
    return frontier();
  }

  /** What may be committed: for each partition what is written without a gap. */
  Frontier frontier() {
    return acks.frontier(dropped.get());
  }

  /** Everything that is written is committed everywhere: what the sources are to be told. */
  List<AckTracker.Acknowledged> committed() {
    committed = written;
    return acks.committed();
  }
}
