package io.forebay.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * F2: count, mean, deviation, minimum and maximum of each sensor over each second of a CSV file,
 * into another one: {@code forebay run} in event time with its state committed, against DuckDB's
 * {@code GROUP BY time_bucket} and against pandas and Polars, where Python finds them, which read
 * it all, keep nothing and wait for nothing. Of Forebay the steady state is compared, which leaves
 * starting out; DuckDB is warm and in this process; of Python the imports are left out.
 */
final class WindowStatistics implements Claim {
  private static final String OURS = "forebay run";

  @Override
  public String id() {
    return "F2";
  }

  @Override
  public String title() {
    return "statistics over tumbling windows, against DuckDB, pandas and Polars";
  }

  @Override
  public void measure(Session session) throws Exception {
    int small = session.scaled(500_000, 4_000);
    int large = session.scaled(3_000_000, 12_000);
    Path in = csv(session.file("readings-" + large + ".csv"), large);
    Path less = csv(session.file("readings-" + small + ".csv"), small);
    Contest contest =
        new Contest("F2: " + Series.digits(large) + " readings, windows of a second", "readings/s");
    contest.add(OURS, () -> steady(session, less, small, in, large));
    List<String> rivals = new ArrayList<>();
    try (Connection connection = DuckDb.open()) {
      for (int threads : threads(session)) {
        rivals.add("DuckDB, GROUP BY time_bucket, threads: " + threads);
        contest.add(
            rivals.getLast(),
            () -> large / duckDb(connection, threads, in, session.file("windows-duckdb.csv")));
      }
      for (String library : List.of("pandas", "polars")) {
        if (Rivals.pythonHas(library)) {
          rivals.add(library);
          Path out = session.file("windows-" + library + ".csv");
          List<String> command =
              Rivals.script("windows.py", library, in.toString(), out.toString());
          contest.add(library, () -> large / python(command));
        } else {
          session.note("absent: " + library + ", which " + Rivals.python() + " does not have");
        }
      }
      session.run(contest, 1);
    }
    same(session.file("windows-forebay.csv"), session.file("windows-duckdb.csv"));
    for (String rival : rivals) {
      session.atLeast(
          OURS + ", steady state, over " + rival,
          contest.series(OURS).over(contest.series(rival)),
          rival.equals("pandas") ? 3 : 1);
    }
  }

  private static List<Integer> threads(Session session) {
    int cores = Runtime.getRuntime().availableProcessors();
    return session.brief() || cores == 1 ? List.of(1) : List.of(1, cores);
  }

  /** By how much more the large file has, over by how much longer it takes. */
  private static double steady(Session session, Path less, int small, Path in, int large)
      throws IOException {
    double start = Subprocess.run(forebay(session, less)).seconds();
    double whole = Subprocess.run(forebay(session, in)).seconds();
    // In a brief session starting is all there is, and the difference means nothing.
    return session.brief() ? large / whole : (large - small) / Math.max(1e-3, whole - start);
  }

  private static List<String> forebay(Session session, Path in) throws IOException {
    return ForebayCommand.run(
        ForebayCommand.pipeline(
            session.file("windows.yaml"),
            """
            name: windows
            sources:
              - name: file
                type: file
                path: %s
                fields: { sensorId: string, timestamp: timestamp-ms, value: float64 }
            stages:
              - { name: stats, statistics: [count, mean, sd, min, max], of: value, window: { size: 1s, by: sensorId } }
            sinks:
              - { type: csv, path: %s }
            """
                .formatted(in, session.file("windows-forebay.csv"))),
        "--fresh");
  }

  private static double duckDb(Connection connection, int threads, Path in, Path out)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET threads = " + threads);
      statement.execute("SET preserve_insertion_order = false");
      long begin = System.nanoTime();
      statement.execute(
          """
          COPY (
            SELECT sensorId, time_bucket(INTERVAL 1 SECOND, make_timestamp(1000 * "timestamp")) AS begin,
              count(value), avg(value) AS mean, stddev_samp(value), min(value), max(value)
            FROM read_csv('%s', header = true,
              columns = {sensorId: 'VARCHAR', "timestamp": 'BIGINT', value: 'DOUBLE'})
            GROUP BY ALL)
          TO '%s' (FORMAT csv, HEADER)
          """
              .formatted(in, out));
      return (System.nanoTime() - begin) / 1e9;
    }
  }

  private static double python(List<String> command) throws IOException {
    return Double.parseDouble(Subprocess.run(command).output().strip());
  }

  /** The windows of both, by their number and by the sums of their means and deviations. */
  private static void same(Path ours, Path theirs) throws IOException {
    double[] a = sums(ours, 4, 5);
    double[] b = sums(theirs, 3, 4);
    for (int i = 0; i < a.length; i++) {
      if (!(Math.abs(a[i] - b[i]) <= 1e-9 * Math.abs(b[i]))) {
        throw new IllegalStateException(
            ours + " and " + theirs + " differ: " + a[i] + " instead of " + b[i]);
      }
    }
  }

  private static double[] sums(Path file, int mean, int sd) throws IOException {
    double[] sums = new double[3];
    for (String line : Files.readAllLines(file).stream().skip(1).toList()) {
      String[] cells = line.split(",", -1);
      sums[0]++;
      sums[1] += Double.parseDouble(cells[mean]);
      sums[2] += Double.parseDouble(cells[sd]);
    }
    return sums;
  }

  private static Path csv(Path file, int records) throws IOException {
    if (Files.exists(file)) {
      return file;
    }
    double[] values = Readings.values(records);
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
      out.write("sensorId,timestamp,value\n");
      for (int record = 0; record < records; record++) {
        out.write(
            Readings.sensor(record)
                + ","
                + Readings.timestamp(record)
                + ","
                + values[record]
                + "\n");
      }
    }
    return file;
  }
}
