package io.forebay.engine;

import io.forebay.RecordCounts;

/**
 * What has become of the records so far. What is written counts when it is committed in every
 * output, dead letters included; until then it is in flight. Written by the sink runner, read by
 * anybody.
 */
final class Account {
  /**
   * @param ofEarlier records of earlier runs that a store has refused in this one
   */
  private record Standing(Tally.Counts counts, long ofEarlier) {
    static final Standing ZERO = new Standing(Tally.Counts.ZERO, 0);
  }

  private volatile Standing written = Standing.ZERO;
  private volatile Standing committed = Standing.ZERO;

  /** The records of this run that have left the pipeline, as every output has committed it. */
  Tally.Counts counts() {
    return committed.counts;
  }

  /** How many records are written, committed or not. */
  long written() {
    Tally.Counts counts = written.counts;
    return counts.delivered() + counts.deadLettered() + counts.filtered();
  }

  /** What became of the records of earlier runs, with what stores have refused of them since. */
  RecordCounts earlier(RecordCounts then) {
    long refused = Math.min(committed.ofEarlier, then.delivered());
    return then.plus(new RecordCounts(0, -refused, refused, 0, 0, 0));
  }

  /** A batch is written to every output. */
  void finished(InFlightBatch batch, boolean multiplied) {
    written = new Standing(batch.tally.finish(written.counts, multiplied), written.ofEarlier);
  }

  /** Stores have refused records that were taken for delivered. */
  void refused(Refusals.Letters letters) {
    written =
        new Standing(
            written.counts.refused(letters.records()), written.ofEarlier + letters.ofEarlier());
  }

  /** Everything that is written is committed everywhere. */
  void committed() {
    committed = written;
  }
}
