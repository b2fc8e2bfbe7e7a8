package io.forebay.benchmarks;

import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PhysicalCores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What it costs that workers can write into nothing but memory of their own. */
final class ProtectionCost implements Claim {
  @Override
  public String id() {
    return "P13";
  }

  @Override
  public String title() {
    return "a pool with protect: true against one with protect: false, batches of 1,000";
  }

  @Override
  public void measure(Session session) throws Exception {
    int batch = 1000;
    int cores = PhysicalCores.count();
    Map<String, FunctionSpec> functions = new LinkedHashMap<>();
    functions.put("Java", FunctionSpec.of(PoolWorkload.LECTURE));
    functions.put("Python, records", Rivals.function("lecture.processRecordBatch"));
    if (Rivals.pythonHas("numpy")) {
      functions.put("Python, @numpy", Rivals.function("lecture_columns.processRecordBatch@numpy"));
    }
    for (Map.Entry<String, FunctionSpec> function : functions.entrySet()) {
      boolean java = function.getKey().equals("Java");
      int records = session.scaled(java ? 500_000 : 50_000, 4_000);
      int passes = session.scaled(java ? 50 : 4, 2);
      List<PoolWorkload> pools = new ArrayList<>();
      try {
        Contest contest =
            new Contest(
                function.getKey() + ", batch " + batch + ", " + cores + " workers", "records/s");
        for (boolean protect : new boolean[] {true, false}) {
          PoolWorkload pool =
              PoolWorkload.start(protect, function.getValue(), cores, records, batch);
          pools.add(pool);
          contest.add(name(protect), () -> pool.recordsPerSecond(passes));
        }
        session.run(contest, 3);
        session.atLeast(
            function.getKey() + ": protected over not",
            contest.series(name(true)).over(contest.series(name(false))),
            0.95);
      } finally {
        pools.forEach(PoolWorkload::close);
      }
    }
  }

  private static String name(boolean protect) {
    return "protect: " + protect;
  }
}
