package io.forebay.cli.trial;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.internal.rows.HeapBatchBuilder;
import io.forebay.internal.rows.RowCopy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Takes everything and writes nothing; keeps the first rows, as a sample for the next stage. Called
 * by one thread of the engine; {@link #kept} is for after the run.
 */
public final class TrialSink implements Sink {
  private final Sample.Limits limits;
  private final CompletableFuture<Void> first;
  private List<String> partitions = List.of();
  private Optional<HeapBatchBuilder> rows = Optional.empty();

  /**
   * @param limits how much it keeps
   * @param first is completed by the first row
   */
  TrialSink(Sample.Limits limits, CompletableFuture<Void> first) {
    this.limits = limits;
    this.first = first;
  }

  @Override
  public Optional<Progress> recover() {
    return Optional.empty();
  }

  @Override
  public void open(SinkContext context) {
    partitions = context.partitions();
  }

  @Override
  public void write(Batch batch) {
    first.complete(null);
    HeapBatchBuilder to =
        rows.orElseGet(() -> new HeapBatchBuilder(batch.schema(), batch.extras().isPresent()));
    rows = Optional.of(to);
    for (int row = 0; row < batch.rows(); row++) {
      if (to.rows() >= limits.rows() || to.bytes() >= limits.bytes()) {
        return;
      }
      to.partition(batch.partition(row));
      RowCopy.set(batch, row, to);
      to.append(batch.sequence(row), 0);
    }
  }

  /** What it has kept, under that name; empty if nothing came. */
  public Optional<Sample> kept(String name) {
    return rows.filter(any -> any.rows() > 0)
        .map(any -> new Sample(name, List.copyOf(partitions), any.build(), 0, 0));
  }

  @Override
  public boolean effectivelyOnce() {
    return false;
  }

  @Override
  public void check(Schema schema) {}

  @Override
  public void commit(Progress progress) {}

  @Override
  public void close() {}
}
