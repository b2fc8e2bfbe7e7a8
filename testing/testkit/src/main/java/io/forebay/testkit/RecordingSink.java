package io.forebay.testkit;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every row in memory for a test to look at, and its progress with them. Data and progress
 * are committed as one: {@link #afterCrash} is what a crash would leave. May be read from any
 * thread while the pipeline runs.
 */
public final class RecordingSink implements Sink {
  /**
   * A row that was written.
   *
   * @param partition where it comes from, as in {@link SinkContext#partitions}
   * @param values see {@link Batches#rows(Batch)}
   */
  public record Row(String partition, long sequence, Map<String, @Nullable Object> values) {}

  private final CommitLog<Row> log;
  private volatile @Nullable SinkContext context;

  /** An empty sink. */
  public RecordingSink() {
    this(new CommitLog<>());
  }

  private RecordingSink(CommitLog<Row> log) {
    this.log = log;
  }

  /** A sink that holds only what was committed here, as a new process would find it. */
  public RecordingSink afterCrash() {
    return new RecordingSink(log.afterCrash());
  }

  /** Every row that was written, in order. */
  public List<Row> rows() {
    return log.entries();
  }

  /** The rows that were committed, in order. */
  public List<Row> committedRows() {
    return log.committed();
  }

  /** The progress of the last commit. */
  public Optional<Progress> progress() {
    return log.progress();
  }

  /** How often this sink was committed. */
  public int commits() {
    return log.commits();
  }

  /**
   * What the engine said at {@link #open}.
   *
   * @throws IllegalStateException if it has not opened the sink
   */
  public SinkContext context() {
    SinkContext opened = context;
    if (opened == null) {
      throw new IllegalStateException("the sink was not opened");
    }
    return opened;
  }

  @Override
  public Optional<Progress> recover() {
    return log.progress();
  }

  @Override
  public void open(SinkContext opened) {
    context = opened;
    log.open(opened.resume());
  }

  @Override
  public void write(Batch batch) throws IOException {
    SinkContext opened = context();
    if (!batch.schema().equals(opened.schema())) {
      throw new IOException(
          "a batch has the columns " + batch.schema() + ", not those of open: " + opened.schema());
    }
    for (int row = 0; row < batch.rows(); row++) {
      log.append(
          new Row(
              opened.partitions().get(batch.partition(row)),
              batch.sequence(row),
              Batches.row(batch, row)));
    }
  }

  @Override
  public void commit(Progress progress) {
    log.commit(progress);
  }

  @Override
  public boolean effectivelyOnce() {
    return true;
  }

  @Override
  public void close() {}
}
