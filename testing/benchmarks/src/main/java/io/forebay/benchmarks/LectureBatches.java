package io.forebay.benchmarks;

import io.forebay.benchmarks.BatchCurve.Curve;
import io.forebay.benchmarks.BatchCurve.Point;
import io.forebay.benchmarks.PoolWorkload.Placement;
import io.forebay.workers.api.FunctionSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Slide 7: what the size of a batch does to the lecture's pool and to Forebay's. */
final class LectureBatches {
  private static final int WORKERS = 2;
  private static final int[] BATCHES = {1, 5, 20, 100, 500, 2000, 5000, 25_000};
  private static final JsonMapper JSON = JsonMapper.shared();

  private interface Rate {
    double measure() throws Exception;
  }

  private LectureBatches() {}

  static List<Curve> measure(Session session) throws Exception {
    return List.of(
        lecture(session),
        ours(session, "Forebay, the same Python", Rivals.function("lecture.processRecordBatch"), 4),
        ours(session, "Forebay, in Java", FunctionSpec.of(PoolWorkload.LECTURE), 200));
  }

  private static Curve lecture(Session session) throws Exception {
    List<Point> points = new ArrayList<>();
    for (int batch : batches(session)) {
      int records = records(session, batch);
      Path file = Readings.jsonl(session.file("readings-" + records + ".jsonl"), records);
      try (Subprocess python =
          Subprocess.start(Rivals.script("lecture_pool.py", file.toString()))) {
        points.add(point(session, batch, () -> python(python, batch)));
      }
    }
    return new Curve("the lecture's pool", points);
  }

  private static double python(Subprocess python, int batch) throws IOException {
    JsonNode answer = JSON.readTree(python.ask("warm " + batch + " " + WORKERS));
    return answer.get("records").asDouble() / answer.get("seconds").asDouble();
  }

  private static Curve ours(Session session, String name, FunctionSpec function, int passes)
      throws Exception {
    List<Point> points = new ArrayList<>();
    for (int batch : batches(session)) {
      int records = records(session, batch);
      try (PoolWorkload pool =
          PoolWorkload.start(Placement.PROCESSES, function, WORKERS, records, batch)) {
        points.add(point(session, batch, () -> pool.recordsPerSecond(session.scaled(passes, 1))));
      }
    }
    return new Curve(name, points);
  }

  private static int[] batches(Session session) {
    return session.brief() ? new int[] {20, 1000} : BATCHES;
  }

  /** Fewer where each record is a call. */
  private static int records(Session session, int batch) {
    return batch < 20 ? session.scaled(5_000, 500) : session.scaled(50_000, 2_000);
  }

  /** The median of some rounds, after one that is forgotten. */
  private static Point point(Session session, int batch, Rate rate) throws Exception {
    rate.measure();
    List<Double> rates = new ArrayList<>();
    for (int round = 0; round < session.rounds(); round++) {
      rates.add(rate.measure());
    }
    return Point.of(batch, new Series("", "", rates).median(), WORKERS);
  }

  /** Records a second, and how long a worker is at a batch; bold within the band. */
  static String table(List<Curve> curves) {
    StringBuilder table = new StringBuilder("| records in a batch |");
    curves.forEach(curve -> table.append(" ").append(curve.name()).append(" |"));
    table.append("\n|---:|").append("---:|".repeat(curves.size())).append("\n");
    for (int i = 0; i < curves.getFirst().points().size(); i++) {
      table.append("| ").append(curves.getFirst().points().get(i).batch()).append(" |");
      for (Curve curve : curves) {
        Point point = curve.points().get(i);
        String time = String.format(Locale.ROOT, "%.2f ms", point.batchMillis());
        table
            .append(" ")
            .append(Series.digits(point.recordsPerSecond()))
            .append("/s, ")
            .append(point.inBand() ? "**" + time + "**" : time)
            .append(" |");
      }
      table.append("\n");
    }
    return table.toString();
  }
}
