package io.forebay.benchmarks;

import io.forebay.benchmarks.PoolWorkload.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * P12: the lecture's Python function in two worker processes of {@code ProcessPool}, against the
 * lecture's own pool, and against joblib, dask and ray where Python finds them, each with the batch
 * size that suits it best.
 */
final class PythonPools implements Claim {
  private static final int WORKERS = 2;
  private static final int LECTURE_BATCH = 20;
  private static final int[] BATCHES = {20, 100, 1000, 5000, 25_000};
  private static final JsonMapper JSON = JsonMapper.shared();

  private static final String LECTURE = "the lecture's pool";
  private static final String RECORDS = "Forebay, records";
  private static final String NUMPY = "Forebay, @numpy";

  /** Somebody who computes all records in batches of a size. */
  private record Peer(String name, Subprocess process, String request) implements AutoCloseable {
    double recordsPerSecond(int batch) throws IOException {
      JsonNode answer = answer(batch);
      return answer.get("records").asDouble() / answer.get("seconds").asDouble();
    }

    JsonNode answer(int batch) throws IOException {
      return JSON.readTree(process.ask(request.formatted(batch)));
    }

    @Override
    public void close() throws IOException {
      process.close();
    }
  }

  @Override
  public String id() {
    return "P12";
  }

  @Override
  public String title() {
    return "a Python function in 2 workers, against the lecture's pool, joblib, dask and ray";
  }

  @Override
  public void measure(Session session) throws Exception {
    int records = session.scaled(50_000, 2_000);
    Path file = Readings.jsonl(session.file("readings-" + records + ".jsonl"), records);
    int[] batches =
        session.brief()
            ? new int[] {LECTURE_BATCH, 1000}
            : IntStream.of(BATCHES).filter(batch -> batch * WORKERS <= records).toArray();
    List<Peer> peers = new ArrayList<>();
    Map<String, PoolWorkload> ours = new LinkedHashMap<>();
    try {
      List<String> python = Rivals.script("lecture_pool.py", file.toString());
      peers.add(new Peer(LECTURE, Subprocess.start(python), "warm %d " + WORKERS));
      peers.addAll(others(session, file));
      for (int batch : batches) {
        ours.put(RECORDS + ", batch " + batch, pool("lecture.processRecordBatch", records, batch));
        if (Rivals.pythonHas("numpy")) {
          String columns = "lecture_columns.processRecordBatch@numpy";
          ours.put(NUMPY + ", batch " + batch, pool(columns, records, batch));
        }
      }
      compare(session, peers, ours, batches);
      check(session, peers, ours);
    } finally {
      ours.values().forEach(PoolWorkload::close);
      for (Peer peer : peers) {
        peer.close();
      }
    }
  }

  private static List<Peer> others(Session session, Path file) throws IOException {
    List<Peer> peers = new ArrayList<>();
    for (String name : List.of("joblib", "dask", "ray")) {
      if (Rivals.pythonHas(name.equals("dask") ? "distributed" : name)) {
        List<String> script =
            Rivals.script("peers.py", name, Integer.toString(WORKERS), file.toString());
        peers.add(new Peer(name, Subprocess.start(script), "%d"));
      } else {
        session.note("absent: " + name + ", which " + Rivals.python() + " does not have");
      }
    }
    if (!Rivals.pythonHas("numpy")) {
      session.note("absent: numpy, which " + Rivals.python() + " does not have");
    }
    return peers;
  }

  private static PoolWorkload pool(String function, int records, int batch) throws IOException {
    return PoolWorkload.start(
        Placement.PROCESSES, Rivals.function(function), WORKERS, records, batch);
  }

  private static void compare(
      Session session, List<Peer> peers, Map<String, PoolWorkload> ours, int[] batches)
      throws Exception {
    int passes = session.scaled(10, 1);
    Contest contest = new Contest("P12: the lecture's function in Python", "records/s");
    Map<Peer, String> best = new LinkedHashMap<>();
    for (Peer peer : peers) {
      int at = sweep(session, peer, batches);
      best.put(peer, peer.name + ", batch " + at);
      if (peer.name.equals(LECTURE) && at != LECTURE_BATCH) {
        contest.add(
            LECTURE + ", batch " + LECTURE_BATCH, () -> peer.recordsPerSecond(LECTURE_BATCH));
      }
      contest.add(best.get(peer), () -> peer.recordsPerSecond(at));
    }
    ours.forEach((name, pool) -> contest.add(name, () -> pool.recordsPerSecond(passes)));
    session.run(contest, 2);

    Series lecture = contest.series(LECTURE + ", batch " + LECTURE_BATCH);
    Series small = contest.series(RECORDS + ", batch " + LECTURE_BATCH);
    session.atLeast("batch 20 over the lecture's batch 20", small.over(lecture), 8);
    Series large = best(contest, RECORDS);
    best.forEach((peer, name) ->
        session.atLeast(large.name() + " over " + name, large.over(contest.series(name)), 2));
    if (ours.keySet().stream().anyMatch(name -> name.startsWith(NUMPY))) {
      Series numpy = best(contest, NUMPY);
      session.atLeast(numpy.name() + " over the lecture's batch 20", numpy.over(lecture), 20);
    }
  }

  /** The batch size that suits a peer best. */
  private static int sweep(Session session, Peer peer, int[] batches) throws IOException {
    int best = batches[0];
    double most = 0;
    List<String> found = new ArrayList<>();
    for (int batch : batches) {
      double first = peer.recordsPerSecond(batch);
      double rate = Math.max(first, peer.recordsPerSecond(batch));
      found.add(batch + ": " + Series.digits(rate) + "/s");
      if (rate > most) {
        most = rate;
        best = batch;
      }
    }
    session.note(peer.name + ", the sweep: " + String.join(", ", found));
    return best;
  }

  private static Series best(Contest contest, String prefix) {
    return Series.best(contest.all().stream().filter(s -> s.name().startsWith(prefix)).toList());
  }

  /** All must have computed the same; numpy rounds some values in another way. */
  private static void check(Session session, List<Peer> peers, Map<String, PoolWorkload> ours)
      throws IOException {
    double expected = peers.getFirst().answer(1000).get("features").asDouble();
    Map<String, Double> sums = new LinkedHashMap<>();
    for (Peer peer : peers) {
      sums.put(peer.name, peer.answer(1000).get("features").asDouble());
    }
    ours.forEach((name, pool) -> sums.put(name, pool.sumOfFeatures()));
    sums.forEach((name, sum) -> {
      if (Math.abs(sum - expected) > 1e-6 * Math.abs(expected)) {
        throw new IllegalStateException(
            "the features of " + name + " add up to " + sum + ", the lecture's to " + expected);
      }
    });
    session.note("all contestants computed the same features (their sum is " + expected + ")");
  }
}
