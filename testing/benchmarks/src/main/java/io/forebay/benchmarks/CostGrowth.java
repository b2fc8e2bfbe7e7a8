package io.forebay.benchmarks;

import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineBuilder;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;

/** P11: the time per record as records, sensors and sources multiply. */
final class CostGrowth implements Claim {
  @Override
  public String id() {
    return "P11";
  }

  @Override
  public String title() {
    return "time per record with records ×10, sensors ×1,000, sources ×1,000";
  }

  @Override
  public void measure(Session session) throws Exception {
    int records = session.scaled(20_000_000, 40_000);
    int many = session.scaled(1000, 20);
    Contest contest = new Contest("P11: time per record", "ns");
    contest.add("10 sensors", () -> nanosPerRecord(1, 10, records));
    contest.add("a tenth of the records", () -> nanosPerRecord(1, 10, records / 10));
    contest.add("sensors ×" + many, () -> nanosPerRecord(1, 10 * many, records));
    contest.add("10 sources", () -> nanosPerRecord(10, 1, records));
    contest.add("sources ×" + many, () -> nanosPerRecord(10 * many, 1, records));
    contest.add("4 sensors", () -> nanosPerRecord(1, 4, records));
    session.run(contest, 2);
    Series base = contest.series("10 sensors");
    session.atMost("records ×10", base.over(contest.series("a tenth of the records")), 1.2);
    String sensors = "sensors ×" + many;
    session.atMost(sensors, contest.series(sensors).over(base), 1.2);
    String sources = "sources ×" + many;
    session.atMost(sources, contest.series(sources).over(contest.series("10 sources")), 1.2);
  }

  /** The whole run of a pipeline in this JVM, its opening and closing included. */
  private static double nanosPerRecord(int sources, int sensors, int records) throws Exception {
    PipelineBuilder builder = Pipeline.builder("growth");
    long each = records / sources / sensors;
    for (int source = 0; source < sources; source++) {
      builder.source("source-" + source, new SimulatedSource(sensors, each, 0, source));
    }
    CountingSink sink = new CountingSink();
    builder
        .stage(Stage.cpu("features", PoolWorkload.LECTURE).on(Placement.THREADS))
        .sink("count", sink);
    long begin = System.nanoTime();
    try (Pipeline pipeline = builder.build()) {
      PipelineResult result = pipeline.run();
      if (!(result instanceof PipelineResult.Completed)) {
        throw new IllegalStateException("the pipeline did not complete: " + result);
      }
    }
    double nanos = System.nanoTime() - begin;
    if (sink.rows() != each * sources * sensors) {
      throw new IllegalStateException(sink.rows() + " records were delivered");
    }
    return nanos / sink.rows();
  }
}
