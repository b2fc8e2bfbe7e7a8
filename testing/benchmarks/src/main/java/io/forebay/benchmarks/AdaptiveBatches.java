package io.forebay.benchmarks;

import io.forebay.engine.api.BatchSize;
import io.forebay.snapshot.Placement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/**
 * P5: {@code batch: auto} against the best fixed batch that a sweep finds, in a whole pipeline with
 * two worker processes; and how late records are at 10, 50 and 90 % of what it can do. For
 * functions of four costs, and for one whose cost changes tenfold while it runs. {@code -Dwork='100
 * µs'} chooses one.
 */
final class AdaptiveBatches implements Claim {
  private static final int WORKERS = 2;

  /** Where the source is the limit, for a function of 10 ns. */
  private static final double MOST_PER_SECOND = 8e6;

  private static final double MAX_LATENCY_MILLIS = 1000;

  /** A function, by what it does with each record. */
  private record Work(String name, double nanos, LongUnaryOperator steps, List<Integer> sweep) {
    /** So many records that a run takes about so long. */
    long records(double seconds) {
      return (long) Math.max(64, seconds * Math.min(MOST_PER_SECOND, WORKERS * 1e9 / nanos));
    }
  }

  @Override
  public String id() {
    return "P5";
  }

  @Override
  public String title() {
    return "batch: auto against the best fixed batch, and p99 latency under load";
  }

  @Override
  public void measure(Session session) throws Exception {
    double perNano = Steps.perMicrosecond() / 1000;
    double seconds = session.brief() ? 0.05 : 0.8;
    for (Work work : works(session, perNano)) {
      double capacity = throughput(session, work, work.nanos > 1e6 ? 2 * seconds : seconds);
      latency(session, work, capacity, session.brief() ? 0.2 : 1.2);
    }
  }

  private static List<Work> works(Session session, double perNano) {
    List<Work> works = new ArrayList<>();
    works.add(steady("10 ns", 10, perNano, 20, 100, 1000, 5000, 10_000, 20_000));
    works.add(steady("1 µs", 1e3, perNano, 20, 100, 1000, 5000, 10_000, 20_000));
    works.add(steady("100 µs", 1e5, perNano, 1, 4, 20, 100, 200, 500));
    works.add(steady("10 ms", 1e7, perNano, 1, 2, 4, 10));
    // Ten times as costly and back, many times in a run.
    long few = (long) (1e4 * perNano);
    long each = session.scaled(20_000, 1_000);
    works.add(
        new Work(
            "10 ↔ 100 µs",
            5.5e4,
            record -> record / each % 2 == 0 ? few : 10 * few,
            List.of(4, 20, 100, 500, 2000)));
    if (session.brief()) {
      return List.of(works.getLast());
    }
    String only = System.getProperty("work", "");
    return works.stream().filter(work -> only.isEmpty() || work.name.matches(only)).toList();
  }

  private static Work steady(String name, double nanos, double perNano, Integer... sweep) {
    long steps = Math.max(1, Math.round(nanos * perNano));
    return new Work(name, nanos, record -> steps, List.of(sweep));
  }

  private static PipelineLoad load(BatchSize batch) {
    return new PipelineLoad(Placement.PROCESSES, WORKERS, batch);
  }

  /** Records a second with {@code batch: auto}. */
  private static double throughput(Session session, Work work, double seconds) throws Exception {
    long records = work.name.contains("↔") ? work.records(4 * seconds) : work.records(seconds);
    PacedSource source = new PacedSource(records, 0, work.steps);
    Map<Integer, Double> swept = new LinkedHashMap<>();
    for (int rows : work.sweep) {
      if (!session.brief() || swept.isEmpty()) {
        swept.put(rows, load(BatchSize.of(rows)).run(source).recordsPerSecond());
      }
    }
    session.note(work.name + ", the sweep: " + swept(swept));
    List<Integer> best =
        swept.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(2)
            .map(Map.Entry::getKey)
            .toList();
    Contest contest = new Contest("P5: " + work.name + " a record, saturated", "records/s");
    long[] rows = new long[1];
    contest.add(
        "auto",
        () -> {
          PipelineLoad.Outcome outcome = load(BatchSize.auto()).run(source);
          rows[0] = outcome.batchRows();
          return outcome.recordsPerSecond();
        });
    for (int fixed : best) {
      contest.add("fixed " + fixed, () -> load(BatchSize.of(fixed)).run(source).recordsPerSecond());
    }
    session.run(contest, 1);
    Series auto = contest.series("auto");
    Series fixed = Series.best(best.stream().map(b -> contest.series("fixed " + b)).toList());
    session.atLeast(work.name + ": auto over " + fixed.name(), auto.over(fixed), 0.95);
    session.note(work.name + ", auto: batches of " + rows[0] + " rows in the last round (median)");
    return auto.median();
  }

  private static String swept(Map<Integer, Double> swept) {
    List<String> parts = new ArrayList<>();
    swept.forEach((rows, rate) -> parts.add(rows + ": " + Series.digits(rate) + "/s"));
    return String.join(", ", parts);
  }

  private static void latency(Session session, Work work, double capacity, double seconds)
      throws Exception {
    Contest contest = new Contest("P5: " + work.name + " a record, p99 latency", "ms");
    for (int percent : session.brief() ? new int[] {50} : new int[] {10, 50, 90}) {
      double rate = capacity * percent / 100;
      PacedSource source = new PacedSource((long) Math.max(40, rate * seconds), rate, work.steps);
      contest.add(percent + " % load", () -> load(BatchSize.auto()).run(source).p99Millis());
    }
    session.run(contest, 0);
    for (Series series : contest.all()) {
      session.atMost(work.name + ": p99 latency at " + series.name(), series, MAX_LATENCY_MILLIS);
    }
  }
}
