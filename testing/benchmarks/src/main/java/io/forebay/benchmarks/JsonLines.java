package io.forebay.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;

/**
 * P8: {@code forebay run} of a file of JSON Lines through the lecture's function into JSON Lines,
 * against DuckDB and against Python with {@code json}. Forebay keeps the order of the records, so
 * the rival is DuckDB where it does too; the others are shown.
 */
final class JsonLines implements Claim {
  private static final List<String> PLACEMENTS = List.of("inline", "threads", "processes");

  @Override
  public String id() {
    return "P8";
  }

  @Override
  public String title() {
    return "a file of JSON Lines through the function to JSON Lines, against DuckDB and Python";
  }

  @Override
  public void measure(Session session) throws Exception {
    int small = session.scaled(1_000_000, 20_000);
    int large = session.scaled(5_000_000, 60_000);
    Path smallFile = Readings.jsonl(session.file("readings-" + small + ".jsonl"), small);
    Path largeFile = Readings.jsonl(session.file("readings-" + large + ".jsonl"), large);
    Contest first = processes(session, smallFile, small);
    Contest second = processes(session, largeFile, large);
    try (Connection connection = DuckDb.open()) {
      steady(session, connection, first, second, large - small, largeFile, large);
    }
  }

  /** Whole processes: from before the start to after the end. */
  private static Contest processes(Session session, Path in, int records) throws Exception {
    Contest contest =
        new Contest("P8: whole process, " + Series.digits(records) + " records", "records/s");
    for (String placement : PLACEMENTS) {
      List<String> command = forebay(session, placement, in);
      contest.add("forebay run, on: " + placement, () -> rate(records, command));
    }
    Path out = session.file("duckdb.jsonl");
    List<String> duckdb = new ArrayList<>();
    boolean python = Rivals.pythonHas("duckdb");
    for (DuckDb.Setting setting : DuckDb.settings(session)) {
      String name = "DuckDB in a fresh JVM, " + setting;
      List<String> command = DuckDb.freshJvm(session.file("duckdb"), setting, in, out);
      contest.add(name, () -> rate(records, command));
      if (setting.keepsOrder()) {
        duckdb.add(name);
        if (python) {
          duckdb.add("DuckDB in a fresh Python, " + setting);
          contest.add(
              duckdb.getLast(),
              () -> rate(records, DuckDb.freshPython(session.file("duckdb"), setting, in, out)));
        }
      }
    }
    String inline = "Python with json";
    List<String> json =
        Rivals.script("jsonl_inline.py", in.toString(), session.file("python.jsonl").toString());
    contest.add(inline, () -> rate(records, json));
    session.run(contest, 1);
    compareOutputs(session);

    Series forebay = best(contest, PLACEMENTS.stream().map(p -> "forebay run, on: " + p).toList());
    Series rival = best(contest, duckdb);
    String size = Series.digits(records) + " records, whole process";
    session.atLeast(
        forebay.name() + " over " + rival.name() + ", " + size, forebay.over(rival), 1.5);
    session.atLeast(
        forebay.name() + " over Python, " + size, forebay.over(contest.series(inline)), 20);
    return contest;
  }

  /**
   * Without what happens once: for Forebay the records by which the large file exceeds the small
   * one, over the time by which it takes longer; for DuckDB the statement alone, in this process,
   * warm.
   */
  private static void steady(
      Session session,
      Connection connection,
      Contest small,
      Contest large,
      int more,
      Path in,
      int records)
      throws Exception {
    Contest contest = new Contest("P8: DuckDB in process, warm", "records/s");
    Path out = session.file("duckdb.jsonl");
    for (DuckDb.Setting setting : DuckDb.settings(session)) {
      contest.add(setting.toString(), () -> records / DuckDb.seconds(connection, setting, in, out));
    }
    session.run(contest, 1);
    Series rival =
        best(
            contest,
            DuckDb.settings(session).stream()
                .filter(DuckDb.Setting::keepsOrder)
                .map(DuckDb.Setting::toString)
                .toList());
    List<Series> slopes = new ArrayList<>();
    for (String placement : PLACEMENTS) {
      String name = "forebay run, on: " + placement;
      slopes.add(slope(name, small.series(name), records - more, large.series(name), records));
    }
    Series forebay = Series.best(slopes);
    session.note(
        "steady state: "
            + forebay.name()
            + " "
            + Series.digits(forebay.median())
            + " records/s; DuckDB in process, "
            + rival.name()
            + " "
            + Series.digits(rival.median()));
    session.atLeast(
        forebay.name() + " over DuckDB in process, steady state", forebay.over(rival), 1.5);
  }

  private static Series slope(
      String name, Series small, int smallRecords, Series large, int largeRecords) {
    List<Double> rates = new ArrayList<>();
    for (int round = 0; round < large.values().size(); round++) {
      double seconds = largeRecords / large.values().get(round) - smallRecords / small.median();
      rates.add((largeRecords - smallRecords) / seconds);
    }
    return new Series(name, "records/s", rates);
  }

  private static Series best(Contest contest, List<String> names) {
    return Series.best(names.stream().map(contest::series).toList());
  }

  private static double rate(int records, List<String> command) throws IOException {
    return records / Subprocess.run(command).seconds();
  }

  private static List<String> forebay(Session session, String placement, Path in)
      throws IOException {
    Path out = session.file("forebay-" + placement + ".jsonl");
    return ForebayCommand.run(
        ForebayCommand.pipeline(
            session.file("jsonl-" + placement + ".yaml"),
            """
            name: jsonl
            sources:
              - name: file
                type: file
                path: %s
                format: jsonl
                fields: { sensorId: string, timestamp: timestamp-ms, value: float64 }
            stages:
              - { name: features, cpu: %s, on: %s }
            sinks:
              - { type: jsonl, path: %s }
            """
                .formatted(in, PoolWorkload.LECTURE, placement, out)));
  }

  /** Forebay must have written what Python has, record by record, in order. */
  private static void compareOutputs(Session session) throws IOException {
    for (String placement : PLACEMENTS) {
      Path out = session.file("forebay-" + placement + ".jsonl");
      try (var found = Files.newBufferedReader(out);
          var expected = Files.newBufferedReader(session.file("python.jsonl"))) {
        long line = 0;
        String wanted;
        do {
          line++;
          String got = found.readLine();
          wanted = expected.readLine();
          if (!same(got, wanted)) {
            throw new IllegalStateException(
                out + ", line " + line + ": " + got + " instead of " + wanted);
          }
        } while (wanted != null);
      }
    }
  }

  private static boolean same(
      @org.jspecify.annotations.Nullable String got,
      @org.jspecify.annotations.Nullable String wanted) {
    return got == null
        ? wanted == null
        : wanted != null && got.replace(" ", "").equals(wanted.replace(" ", ""));
  }
}
