package io.forebay.engine;

import io.forebay.RecordCounts;

/** What has become of the records so far. Written by the sink runner, read by anybody. */
final class Account {
  private volatile Tally.Counts counts = Tally.Counts.ZERO;

  /** Records of earlier runs that a store has refused in this one. */
  private volatile long refusedOfEarlier;

  /** The records of this run that have left the pipeline. */
  Tally.Counts counts() {
    return counts;
  }

  /** What became of the records of earlier runs, with what stores have refused of them since. */
  RecordCounts earlier(RecordCounts then) {
    long refused = Math.min(refusedOfEarlier, then.delivered());
    return then.plus(new RecordCounts(0, -refused, refused, 0, 0, 0));
  }

  void finished(InFlightBatch batch, boolean multiplied) {
    counts = batch.tally.finish(counts, multiplied);
  }

  /** Stores have refused records that were taken for delivered. */
  void refused(Refusals.Letters letters) {
    counts = counts.refused(letters.records());
    long before = refusedOfEarlier;
    refusedOfEarlier = before + letters.ofEarlier();
  }
}
