package io.forebay.benchmarks;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.Int64Column;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageSnapshot;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * A whole pipeline in this JVM, from {@link PacedSource} through {@link Steps} to a sink that looks
 * at the clock. The first quarter of the records is left out: workers warm up, and {@code batch:
 * auto} learns.
 *
 * @param on where the function runs
 * @param workers on how many workers
 * @param batch with which batches
 */
record PipelineLoad(Placement on, int workers, BatchSize batch) {
  /**
   * What came of it.
   *
   * @param recordsPerSecond delivered
   * @param p99Millis from when a record was to be sent until it was delivered
   * @param batchRows rows of the median batch
   */
  record Outcome(double recordsPerSecond, double p99Millis, long batchRows) {}

  /** Runs it to its end. */
  Outcome run(PacedSource source) throws Exception {
    Watch watch = new Watch(source.records() / 4);
    Stage stage = Stage.cpu("steps", Steps.class).on(on).workers(workers).batch(batch);
    try (Pipeline pipeline =
        Pipeline.builder("load")
            .source("paced", source)
            .stage(stage)
            .sink("watch", watch)
            .build()) {
      if (!(pipeline.run() instanceof PipelineResult.Completed(var snapshot))) {
        throw new IllegalStateException("the pipeline did not complete");
      }
      if (watch.rows != source.records()) {
        throw new IllegalStateException(watch.rows + " records were delivered");
      }
      StageSnapshot measured = snapshot.stages().getFirst();
      return watch.outcome(measured.batchRowsP50());
    }
  }

  /** Counts, and looks at the clock. */
  private static final class Watch implements Sink {
    private final Histogram latencies = new Histogram(3);
    private final long after;
    private long rows;
    private long rowsBefore;
    private long began;
    private long ended;

    Watch(long after) {
      this.after = after;
    }

    Outcome outcome(long batchRows) {
      double perSecond = (rows - rowsBefore) / ((ended - began) / 1e9);
      return new Outcome(perSecond, latencies.getValueAtPercentile(99) / 1e6, batchRows);
    }

    @Override
    public void write(Batch batch) {
      ended = System.nanoTime();
      rows += batch.rows();
      if (rowsBefore == 0 && rows >= after) {
        rowsBefore = rows;
        began = ended;
        return;
      }
      if (rowsBefore > 0) {
        Int64Column sent = batch.int64("sent");
        for (int row = 0; row < batch.rows(); row++) {
          latencies.recordValue(Math.max(0, ended - sent.get(row)));
        }
      }
    }

    @Override
    public Optional<Progress> recover() {
      return Optional.empty();
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public void commit(Progress progress) {}

    @Override
    public boolean effectivelyOnce() {
      return false;
    }

    @Override
    public void close() {}
  }
}
