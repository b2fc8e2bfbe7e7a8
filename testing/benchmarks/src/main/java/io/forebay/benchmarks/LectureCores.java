package io.forebay.benchmarks;

import io.forebay.benchmarks.PoolWorkload.Placement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Slides 3 and 4: what two threads and two processes gain over one, in Python and in Java, for the
 * lecture's function; records lie with the workers before.
 */
final class LectureCores {
  private static final int BATCH = 1000;

  private LectureCores() {}

  static String measure(Session session) throws Exception {
    int records = session.scaled(50_000, 2_000);
    int passes = session.scaled(200, 2);
    Path file = Readings.jsonl(session.file("readings-" + records + ".jsonl"), records);
    List<PoolWorkload> pools = new ArrayList<>();
    try (Subprocess python = Subprocess.start(Rivals.script("cores.py", file.toString()))) {
      Contest contest = new Contest("slides 3 and 4: the lecture's function", "records/s");
      for (String request : List.of("inline 1", "threads 2", "processes 2")) {
        contest.add("Python, " + request, () -> Double.parseDouble(python.ask(request)));
      }
      for (Placement placement : Placement.values()) {
        for (int workers = 1; workers <= 2; workers++) {
          PoolWorkload pool =
              PoolWorkload.start(placement, PoolWorkload.LECTURE, workers, records, BATCH);
          pools.add(pool);
          contest.add(java(placement, workers), () -> pool.recordsPerSecond(passes));
        }
      }
      session.run(contest, 1);
      return table(contest);
    } finally {
      pools.forEach(PoolWorkload::close);
    }
  }

  private static String java(Placement placement, int workers) {
    return placement == Placement.THREADS
        ? "Java, threads " + workers
        : "Forebay, worker processes " + workers;
  }

  private static String table(Contest contest) {
    StringBuilder table = new StringBuilder("| | records a second | over one |\n|---|---:|---:|\n");
    row(table, contest, "Python, inline 1", "Python, inline 1");
    row(table, contest, "Python, threads 2", "Python, inline 1");
    row(table, contest, "Python, processes 2", "Python, inline 1");
    for (Placement placement : List.of(Placement.THREADS, Placement.PROCESSES)) {
      row(table, contest, java(placement, 1), java(placement, 1));
      row(table, contest, java(placement, 2), java(placement, 1));
    }
    return table.toString();
  }

  private static void row(StringBuilder table, Contest contest, String name, String one) {
    Series series = contest.series(name);
    table.append(
        "| %s | %s | %s × |\n"
            .formatted(
                name,
                Series.digits(series.median()),
                Series.digits(series.over(contest.series(one)).median())));
  }
}
