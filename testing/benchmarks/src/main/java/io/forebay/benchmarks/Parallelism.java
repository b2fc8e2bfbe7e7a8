package io.forebay.benchmarks;

import io.forebay.engine.api.BatchSize;
import io.forebay.snapshot.Placement;

/**
 * P4: a function that computes for a millisecond a record, in two worker processes while sources
 * are read and a sink is written, against the same pipeline with the function inline.
 */
final class Parallelism implements Claim {
  private static final int WORKERS = 2;

  @Override
  public String id() {
    return "P4";
  }

  @Override
  public String title() {
    return "1 ms a record, 2 workers and ingestion on 2 cores, against inline";
  }

  @Override
  public void measure(Session session) throws Exception {
    long steps = (long) (1000 * Steps.perMicrosecond());
    // The spare starts within the quarter that is left out.
    int records = session.scaled(24_000, 200);
    Contest contest = new Contest("P4: 1 ms a record", "records/s");
    add(contest, "inline", Placement.INLINE, 1, records, steps);
    add(contest, "2 threads", Placement.THREADS, WORKERS, records, steps);
    add(contest, "2 processes", Placement.PROCESSES, WORKERS, records, steps);
    session.run(contest, 1);
    Series inline = contest.series("inline");
    session.atLeast("2 processes over inline", contest.series("2 processes").over(inline), 1.9);
    session.note("threads, which have no border to cross: " + over(contest, inline));
    session.note("a record is " + steps + " steps; one step needs the one before");
  }

  private static String over(Contest contest, Series inline) {
    return Series.digits(contest.series("2 threads").over(inline).median()) + " × inline";
  }

  private static void add(
      Contest contest, String name, Placement on, int workers, int records, long steps) {
    PipelineLoad load = new PipelineLoad(on, workers, BatchSize.auto());
    contest.add(
        name, () -> load.run(new PacedSource(records, 0, record -> steps)).recordsPerSecond());
  }
}
