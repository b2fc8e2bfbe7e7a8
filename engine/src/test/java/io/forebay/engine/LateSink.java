package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.LateRefusal;
import io.forebay.Progress;
import io.forebay.Rejection;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * A sink that has rows durable itself and hands them on to a store in its own time: rows that the
 * store refuses by their {@code n} come back late, and are passed when they are in dead letter.
 */
final class LateSink implements Sink {
  /** How many of the committed rows are with the store, or in dead letter; outlives the engine. */
  static final class Passed {
    int rows;
  }

  private final RecordingSink kept;
  private final Passed passed;
  private final LongPredicate refuses;
  private List<LateRefusal> offered = List.of();
  private int offeredUpTo;
  private boolean taken;
  private int ofEarlierRuns;

  LateSink(RecordingSink kept, Passed passed, LongPredicate refuses) {
    this.kept = kept;
    this.passed = passed;
    this.refuses = refuses;
  }

  /** Hands so many rows on. */
  void handOn(int most) {
    if (!offered.isEmpty()) {
      return;
    }
    List<RecordingSink.Row> rows = kept.committedRows();
    int to = (int) Math.min(rows.size(), (long) passed.rows + most);
    List<LateRefusal> refused = new ArrayList<>();
    for (int i = passed.rows; i < to; i++) {
      RecordingSink.Row row = rows.get(i);
      if (refuses.test((Long) row.values().get("n"))) {
        refused.add(
            new LateRefusal(
                row.partition(),
                row.sequence(),
                "the store refuses it",
                "row",
                Rejection.Text.of("row"),
                i >= ofEarlierRuns));
      }
    }
    offeredUpTo = to;
    offered = refused;
    if (refused.isEmpty()) {
      passed.rows = to;
    }
  }

  @Override
  public Optional<Progress> recover() {
    return kept.recover();
  }

  @Override
  public void open(SinkContext context) {
    kept.open(context);
    ofEarlierRuns = kept.committedRows().size();
    passed.rows = Math.min(passed.rows, ofEarlierRuns);
  }

  @Override
  public void write(Batch batch) throws IOException {
    kept.write(batch);
  }

  @Override
  public List<LateRefusal> refusedLate() {
    if (taken) {
      return List.of();
    }
    taken = !offered.isEmpty();
    return offered;
  }

  @Override
  public boolean needsCommit() {
    return !offered.isEmpty() && !taken;
  }

  @Override
  public void commit(Progress progress) {
    if (taken) {
      offered = List.of();
      taken = false;
      passed.rows = offeredUpTo;
    }
    kept.commit(progress);
    if (progress.complete()) {
      handOn(Integer.MAX_VALUE);
    }
  }

  @Override
  public boolean effectivelyOnce() {
    return true;
  }

  @Override
  public void close() {}
}
