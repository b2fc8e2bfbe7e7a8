package io.forebay.engine.internal.sinks;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.engine.internal.batches.Partition;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Leaves out the rows that a sink has already, and those of sources that are not for it. */
final class ResumedSink extends ForwardingSink {
  private static final long UNKNOWN = -1;

  private final Frontier has;
  private final Set<String> notFor;
  private List<String> partitions = List.of();

  /** For each partition the sequence up to which its rows are left out, once one was asked for. */
  private long[] upTo = {};

  /**
   * @param has what the sink has
   * @param notFor the sources whose records it does not get
   */
  ResumedSink(Sink inner, Frontier has, Set<String> notFor) {
    super(inner);
    this.has = has;
    this.notFor = notFor;
  }

  @Override
  public void open(SinkContext context) throws IOException {
    partitions = context.partitions();
    super.open(context);
  }

  @Override
  public void write(Batch batch) throws IOException {
    int rows = batch.rows();
    int from = 0;
    while (from < rows) {
      boolean skip = skips(batch, from);
      int to = from + 1;
      while (to < rows && skips(batch, to) == skip) {
        to++;
      }
      if (!skip) {
        super.write(to - from == rows ? batch : batch.slice(from, to));
      }
      from = to;
    }
  }

  private boolean skips(Batch batch, int row) {
    return batch.sequence(row) <= upTo(batch.partition(row));
  }

  private long upTo(int partition) {
    if (partition >= upTo.length) {
      int before = upTo.length;
      upTo = Arrays.copyOf(upTo, Math.max(partition + 1, 2 * before));
      Arrays.fill(upTo, before, upTo.length, UNKNOWN);
    }
    if (upTo[partition] == UNKNOWN) {
      String key = partitions.get(partition);
      boolean none = notFor.contains(Partition.sourceOf(key));
      upTo[partition] = none ? Long.MAX_VALUE : has.of(key).sequence();
    }
    return upTo[partition];
  }
}
