package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.DeadLetters;
import io.forebay.Frontier;
import io.forebay.Output;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkSnapshot;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * A sink or the dead letters as the sink runner sees them: leaves out what the output has already
 * from an earlier run, and measures. Used by the sink runner, except for {@link #snapshot}.
 */
final class OutputLane {
  private static final long LONGEST_NANOS = 3_600_000_000_000L;

  private final String name;
  private final Output output;
  private final Ticker ticker;

  /** What the output had when it was opened, where that is more than what the run resumes from. */
  private final Map<String, Position> ahead;

  private final Histogram commitNanos = new Histogram(1_000, LONGEST_NANOS, 2);
  private long records;
  private long busyNanos;

  OutputLane(String name, Output output, Ticker ticker, Map<String, Position> ahead) {
    this.name = name;
    this.output = output;
    this.ticker = ticker;
    this.ahead = Map.copyOf(ahead);
  }

  String name() {
    return name;
  }

  /** Writes the rows that the sink does not have. */
  void write(Batch batch, InFlightBatch from, PartitionNames partitions) throws IOException {
    long begin = ticker.nanos();
    int written = isAheadOf(from) ? writeNew(batch, partitions) : writeAll(batch);
    measured(written, begin);
  }

  private int writeAll(Batch batch) throws IOException {
    ((Sink) output).write(batch);
    return batch.rows();
  }

  private int writeNew(Batch batch, PartitionNames partitions) throws IOException {
    int written = 0;
    int from = 0;
    while (from < batch.rows()) {
      boolean skip = has(partitions.get(batch.partition(from)), batch.sequence(from));
      int to = from + 1;
      while (to < batch.rows()
          && has(partitions.get(batch.partition(to)), batch.sequence(to)) == skip) {
        to++;
      }
      if (!skip) {
        written += writeAll(batch.slice(from, to));
      }
      from = to;
    }
    return written;
  }

  /** Writes the rejections that the dead letters do not have. */
  void write(List<Rejected> rejected, PartitionNames partitions) throws IOException {
    long begin = ticker.nanos();
    int written = 0;
    for (Rejected each : rejected) {
      if (!has(partitions.get(each.partition()), each.sequence())) {
        ((DeadLetters) output).write(each.rejection());
        written++;
      }
    }
    measured(written, begin);
  }

  private synchronized void measured(int written, long begin) {
    records += written;
    busyNanos += ticker.nanos() - begin;
  }

  private boolean isAheadOf(InFlightBatch batch) {
    if (ahead.isEmpty()) {
      return false;
    }
    for (int span = 0; span < batch.spans(); span++) {
      Position has = ahead.get(batch.partition(span).key);
      if (has != null && batch.previous(span) < has.sequence()) {
        return true;
      }
    }
    return false;
  }

  private boolean has(String partition, long sequence) {
    Position position = ahead.get(partition);
    return position != null && sequence <= position.sequence();
  }

  /** Commits; the progress never falls behind what the output had when it was opened. */
  void commit(String pipeline, Frontier frontier, boolean complete) throws IOException {
    long begin = ticker.nanos();
    Frontier own = frontier;
    if (!ahead.isEmpty()) {
      Map<String, Position> most = new HashMap<>(frontier.positions());
      ahead.forEach(
          (key, has) -> most.merge(key, has, (a, b) -> a.sequence() >= b.sequence() ? a : b));
      own = new Frontier(most);
    }
    output.commit(new Progress(pipeline, own, complete));
    long took = ticker.nanos() - begin;
    synchronized (this) {
      busyNanos += took;
      commitNanos.recordValue(Math.clamp(took, 0, LONGEST_NANOS));
    }
  }

  void close() throws IOException {
    output.close();
  }

  synchronized SinkSnapshot snapshot(long elapsedNanos) {
    return new SinkSnapshot(
        name,
        records,
        Math.min(1, (double) busyNanos / Math.max(1, elapsedNanos)),
        commitNanos.getTotalCount(),
        commitNanos.getValueAtPercentile(99) / 1e6);
  }
}
