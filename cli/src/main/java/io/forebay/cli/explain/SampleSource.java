package io.forebay.cli.explain;

import io.forebay.Batch;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.internal.rows.RowCopy;

/** Hands in the records of a sample, again and again, until it is asked to stop. */
final class SampleSource implements Source {
  private final Sample sample;

  SampleSource(Sample sample) {
    this.sample = sample;
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
      }
    }
  }
}
