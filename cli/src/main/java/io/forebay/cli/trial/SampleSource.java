package io.forebay.cli.trial;

import io.forebay.Batch;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.internal.rows.RowCopy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Hands in the records of a sample, again and again, until it is asked to stop. The first one goes
 * alone, so that a stage knows how long a record takes before it gets a batch of them.
 */
final class SampleSource implements Source {
  private final Sample sample;
  private final CompletableFuture<?> first;

  SampleSource(Sample sample, CompletableFuture<?> first) {
    this.sample = sample;
    this.first = first;
  }

  @Override
  public Schema schema() {
    return sample.schema();
  }

  @Override
  public boolean repeatable() {
    return true;
  }

  @Override
  public boolean carriesExtras() {
    return sample.rows().extras().isPresent();
  }

  @Override
  public void run(SourceContext context) throws InterruptedException {
    Batch rows = sample.rows();
    RecordWriter[] writers = new RecordWriter[sample.partitions().size()];
    for (int i = 0; i < writers.length; i++) {
      writers[i] = context.partition(sample.partitions().get(i));
    }
    long sequence = 0;
    while (true) {
      for (int row = 0; row < rows.rows(); row++) {
        RecordWriter to = writers[rows.partition(row)];
        RowCopy.set(rows, row, to);
        sequence++;
        to.append(sequence, sequence);
        if (sequence == 1) {
          await();
        }
      }
    }
  }

  private void await() throws InterruptedException {
    try {
      first.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
