package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.RetryableException;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A sink whose store is away whenever the test says so: before or after a write or commit has had
 * its effect, and also while it is being recovered and opened.
 */
final class FlakySink implements Sink {
  private final RecordingSink store;
  private final BooleanSupplier away;
  private boolean begun;
  private boolean forgotten;
  int failures;
  int lostAnswers;

  FlakySink(RecordingSink store, BooleanSupplier away) {
    this.store = store;
    this.away = away;
  }

  /** The store has lost everything that was committed. */
  void forget() {
    forgotten = true;
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
    return forgotten ? Optional.empty() : store.recover();
  }

  @Override
  public void open(SinkContext context) throws IOException {
    mayFail();
    store.open(context);
    begun = true;
  }

  @Override
  public void write(Batch batch) throws IOException {
    mayFail();
    store.write(batch);
    mayFail();
  }

  @Override
  public void commit(Progress progress) throws IOException {
    mayFail();
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
