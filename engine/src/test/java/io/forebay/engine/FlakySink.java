package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.errors.RetryableException;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/**
 * A sink whose store is away whenever the test says so: before or after a write or commit has had
 * its effect, and also while it is being recovered and opened; it may also refuse rows.
 */
public final class FlakySink implements Sink {
  private final RecordingSink store;
  private final BooleanSupplier away;
  private boolean begun;
  private boolean forgotten;
  private boolean remembering;
  private LongPredicate refuses = n -> false;
  private final List<Refusal> refused = new ArrayList<>();
  private boolean handedOver = true;
  private boolean flushed;
  int failures;
  int lostAnswers;

  public FlakySink(RecordingSink store, BooleanSupplier away) {
    this.store = store;
    this.away = away;
  }

  /** The store has lost everything that was committed. */
  void forget() {
    forgotten = true;
  }

  /** The store still knows a partition of an earlier run, as tables do. */
  void remember() {
    remembering = true;
  }

  /**
   * From now on the store refuses rows by their {@code n}.
   *
   * @param lately whether that is only known once the sink was flushed
   */
  void refuse(LongPredicate rows, boolean lately) {
    refuses = rows;
    handedOver = !lately;
  }

  private void mayFail() throws RetryableException {
    if (begun && away.getAsBoolean()) {
      failures++;
      throw new RetryableException("connection reset");
    }
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    mayFail();
    if (forgotten) {
      return Optional.empty();
    }
    return remembering ? store.recover().map(FlakySink::withMore) : store.recover();
  }

  private static Progress withMore(Progress progress) {
    return new Progress(
        progress.pipeline(),
        progress.frontier().with("press", new Position(9, 9)),
        progress.complete());
  }

  @Override
  public void open(SinkContext context) throws IOException {
    mayFail();
    store.open(context);
    refused.clear();
    begun = true;
  }

  @Override
  public void write(Batch batch) throws IOException {
    mayFail();
    for (int row = 0; row < batch.rows(); row++) {
      if (refuses.test(batch.int64("n").get(row))) {
        refused.add(
            new Refusal(batch.partition(row), batch.sequence(row), "the store refuses it", "row"));
      } else {
        store.write(batch.slice(row, row + 1));
      }
    }
    mayFail();
  }

  @Override
  public void flush() throws IOException {
    mayFail();
    flushed = true;
  }

  @Override
  public List<Refusal> refused() {
    if (!handedOver && !flushed) {
      return List.of();
    }
    List<Refusal> all = List.copyOf(refused);
    refused.clear();
    flushed = false;
    return all;
  }

  @Override
  public void commit(Progress progress) throws IOException {
    mayFail();
    assertThat(refused).as("refusals that nobody asked for").isEmpty();
    store.commit(progress);
    int before = failures;
    try {
      mayFail();
    } finally {
      lostAnswers += failures - before;
    }
  }

  @Override
  public boolean effectivelyOnce() {
    return true;
  }

  @Override
  public boolean retryable() {
    return true;
  }

  @Override
  public void close() {}
}
