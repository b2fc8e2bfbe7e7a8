package io.forebay.benchmarks;

import io.forebay.benchmarks.PoolWorkload.Placement;
import io.forebay.workers.api.PhysicalCores;
import java.util.ArrayList;
import java.util.List;

/** P3: what worker processes cost in throughput against threads, columns in place. */
final class IsolationCost implements Claim {
  @Override
  public String id() {
    return "P3";
  }

  @Override
  public String title() {
    return "ProcessPool against ThreadPool, columns in place, batches of at least 1,000";
  }

  @Override
  public void measure(Session session) throws Exception {
    int records = session.scaled(500_000, 20_000);
    int passes = session.scaled(100, 2);
    int cores = PhysicalCores.count();
    for (int batch : session.brief() ? new int[] {1000} : new int[] {1000, 10_000}) {
      List<PoolWorkload> pools = new ArrayList<>();
      try {
        Contest contest =
            new Contest("P3: batch " + batch + ", " + cores + " workers", "records/s");
        for (Placement placement : Placement.values()) {
          PoolWorkload pool = PoolWorkload.start(placement, cores, records, batch);
          pools.add(pool);
          contest.add(name(placement), () -> pool.recordsPerSecond(passes));
        }
        session.run(contest, 3);
        session.atLeast(
            "processes over threads, batch " + batch,
            contest.series(name(Placement.PROCESSES)).over(contest.series(name(Placement.THREADS))),
            0.9);
      } finally {
        pools.forEach(PoolWorkload::close);
      }
    }
  }

  private static String name(Placement placement) {
    return placement == Placement.PROCESSES ? "ProcessPool" : "ThreadPool";
  }
}
