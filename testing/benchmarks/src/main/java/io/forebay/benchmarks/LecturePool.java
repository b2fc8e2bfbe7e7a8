package io.forebay.benchmarks;

import io.forebay.benchmarks.PoolWorkload.Placement;
import io.forebay.workers.api.PhysicalCores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * P1: the lecture's 50,000 records through {@code ProcessPool}, against the lecture's own asyncio
 * and ProcessPoolExecutor.
 */
final class LecturePool implements Claim {
  private static final int RECORDS = 50_000;
  private static final int LECTURE_BATCH = 20;
  private static final JsonMapper JSON = JsonMapper.shared();

  @Override
  public String id() {
    return "P1";
  }

  @Override
  public String title() {
    return "the lecture's workload through ProcessPool, against the lecture's Python";
  }

  @Override
  public void measure(Session session) throws Exception {
    int records = session.scaled(RECORDS, 5_000);
    int cores = PhysicalCores.count();
    Path file = Readings.jsonl(session.file("readings-" + records + ".jsonl"), records);
    // Python's list of dicts against slots: both prepared. Much faster, so many passes.
    int passes = session.scaled(400, 2);
    int[] batches = session.brief() ? new int[] {20, 1000} : new int[] {20, 100, 1000, 5000, 25000};

    Map<Integer, PoolWorkload> pools = new LinkedHashMap<>();
    try (Subprocess python = Subprocess.start(Rivals.script("lecture_pool.py", file.toString()))) {
      Contest contest = new Contest("P1: " + records + " records", "records/s");
      List<String> lectures = new ArrayList<>();
      for (int workers : new int[] {cores, 4}) {
        for (String mode : List.of("slide", "warm")) {
          String name = "Python, batch 20, " + workers + " processes, " + label(mode);
          if (!lectures.contains(name)) {
            lectures.add(name);
            contest.add(name, () -> python(python, mode, LECTURE_BATCH, workers));
          }
        }
      }
      contest.add(
          "Python, batch 1000, " + cores + " processes, pool kept",
          () -> python(python, "warm", 1000, cores));
      for (int batch : batches) {
        PoolWorkload pool = PoolWorkload.start(Placement.PROCESSES, cores, records, batch);
        pools.put(batch, pool);
        contest.add(forebay(batch), () -> pool.recordsPerSecond(passes));
      }
      session.run(contest, 2);

      Series slide = best(contest, lectures, label("slide"));
      Series kept = best(contest, lectures, label("warm"));
      Series auto =
          Series.best(pools.keySet().stream().map(b -> contest.series(forebay(b))).toList());
      Series small = contest.series(forebay(LECTURE_BATCH));
      session.atLeast("batch 20 over the lecture's, as on the slide", small.over(slide), 500);
      session.atLeast("batch 20 over the lecture's, pool kept", small.over(kept), 500);
      session.atLeast("best batch over the lecture's, as on the slide", auto.over(slide), 1000);
      session.atLeast("best batch over the lecture's, pool kept", auto.over(kept), 1000);
      session.note(
          "the lecture's: " + slide.name() + "; " + kept.name() + "; best batch: " + auto.name());
      check(session, python, pools.values());
    } finally {
      pools.values().forEach(PoolWorkload::close);
    }
  }

  private static Series best(Contest contest, List<String> names, String label) {
    return Series.best(
        names.stream().filter(name -> name.endsWith(label)).map(contest::series).toList());
  }

  private static String label(String mode) {
    return mode.equals("slide") ? "as on the slide" : "pool kept";
  }

  private static String forebay(int batch) {
    return "ProcessPool, batch " + batch;
  }

  private static double python(Subprocess python, String mode, int batch, int workers)
      throws Exception {
    JsonNode answer = JSON.readTree(python.ask(mode + " " + batch + " " + workers));
    return answer.get("records").asDouble() / answer.get("seconds").asDouble();
  }

  /** Both sides must have computed the same. */
  private static void check(Session session, Subprocess python, Iterable<PoolWorkload> pools)
      throws Exception {
    double expected = JSON.readTree(python.ask("warm 1000 1")).get("features").asDouble();
    for (PoolWorkload pool : pools) {
      double found = pool.sumOfFeatures();
      if (Math.abs(found - expected) > 1e-6 * Math.abs(expected)) {
        throw new IllegalStateException(
            "the features add up to " + found + ", Python's to " + expected);
      }
    }
    session.note("all contestants computed the same features (their sum is " + expected + ")");
  }
}
