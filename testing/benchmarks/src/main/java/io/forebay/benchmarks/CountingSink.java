package io.forebay.benchmarks;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import java.util.Optional;

/** Counts, and keeps nothing. */
final class CountingSink implements Sink {
  private long rows;

  /** Once the pipeline has ended. */
  long rows() {
    return rows;
  }

  @Override
  public Optional<Progress> recover() {
    return Optional.empty();
  }

  @Override
  public void open(SinkContext context) {}

  @Override
  public void write(Batch batch) {
    rows += batch.rows();
  }

  @Override
  public void commit(Progress progress) {}

  @Override
  public boolean effectivelyOnce() {
    return false;
  }

  @Override
  public void close() {}
}
