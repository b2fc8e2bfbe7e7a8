package io.forebay.observe;

import io.forebay.snapshot.Latency;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.snapshot.WorkerSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a pipeline got on between two snapshots: rates, and shares of that time. What a snapshot
 * tells is of the time since the start.
 *
 * @param seconds the time between the snapshots
 * @param readPerSecond records read
 * @param donePerSecond records that left the pipeline, whichever way
 * @param commits how long those took that were committed
 */
public record Recent(
    double seconds,
    double readPerSecond,
    double donePerSecond,
    List<Source> sources,
    List<Stage> stages,
    List<Sink> sinks,
    Commits commits) {

  /** A source; {@code blockedShare} is the share of the time in which it waited for room. */
  public record Source(String name, double recordsPerSecond, double blockedShare) {}

  /**
   * A stage.
   *
   * @param recordsPerSecond records given to the function
   * @param rowsPerBatch rows of the mean batch; 0 without a batch
   * @param serviceMs time in the function of the mean batch; 0 without a batch
   * @param busyShare share of the workers' time spent in the function
   * @param backpressuredShare share of the workers' time in which they had no batch because what
   *     lies behind them was full
   * @param workers its worker processes or threads; empty where they are not told apart
   */
  public record Stage(
      String name,
      double recordsPerSecond,
      double rowsPerBatch,
      double serviceMs,
      double busyShare,
      double backpressuredShare,
      List<Worker> workers) {}

  /**
   * What is in one of a stage's places.
   *
   * @param cpuShare CPU time against that time: 1 is a whole core; 0 where nobody tells
   */
  public record Worker(int worker, double recordsPerSecond, double cpuShare) {}

  /**
   * Records that were committed, from their arrival on; 0 without one.
   *
   * @param p99Ms 99 % took no longer; read from a histogram with few bounds
   */
  public record Commits(long records, double meanMs, double p99Ms) {}

  /** A sink; {@code busyShare} is the share of the time spent writing and committing. */
  public record Sink(String name, double recordsPerSecond, double busyShare) {}

  /** From one snapshot to a later one of the same run; from the start where they are the same. */
  public static Recent between(PipelineSnapshot before, PipelineSnapshot now) {
    Span span = Span.of(before, now);
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < now.sources().size(); i++) {
      SourceSnapshot was = before.sources().get(i);
      SourceSnapshot is = now.sources().get(i);
      sources.add(
          new Source(
              is.name(),
              span.rate(was.records(), is.records()),
              span.share(was.blockedShare(), is.blockedShare())));
    }
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i < now.stages().size(); i++) {
      stages.add(
          stage(
              before.stages().get(i), now.stages().get(i), span, before.elapsed(), now.elapsed()));
    }
    List<Sink> sinks = new ArrayList<>();
    for (int i = 0; i < now.sinks().size(); i++) {
      SinkSnapshot was = before.sinks().get(i);
      SinkSnapshot is = now.sinks().get(i);
      sinks.add(
          new Sink(
              is.name(),
              span.rate(was.records(), is.records()),
              span.share(was.busyShare(), is.busyShare())));
    }
    return new Recent(
        span.seconds(),
        span.rate(before.records().read(), now.records().read()),
        span.rate(done(before), done(now)),
        sources,
        stages,
        sinks,
        commits(before, now, span));
  }

  private static Commits commits(PipelineSnapshot before, PipelineSnapshot now, Span span) {
    Latency is = now.latency().arrivalToCommit();
    Latency was = span.sinceStart() ? Latency.NONE : before.latency().arrivalToCommit();
    long records = is.records() - was.records();
    if (records <= 0) {
      return new Commits(0, 0, 0);
    }
    double seconds = is.totalSeconds() - was.totalSeconds();
    return new Commits(records, Math.max(0, seconds) * 1e3 / records, p99Ms(was, is, records));
  }

  /** Within the bounds between which it lies, records are taken to be spread evenly. */
  private static double p99Ms(Latency was, Latency is, long records) {
    double wanted = 0.99 * records;
    double lower = 0;
    long below = 0;
    for (int i = 0; i < Latency.BOUNDS_SECONDS.size(); i++) {
      double upper = Latency.BOUNDS_SECONDS.get(i);
      long within = is.within().get(i) - was.within().get(i);
      if (within >= wanted) {
        double share = within == below ? 1 : (wanted - below) / (within - below);
        return (lower + share * (upper - lower)) * 1e3;
      }
      lower = upper;
      below = within;
    }
    return lower * 1e3;
  }

  private static Stage stage(
      StageSnapshot was, StageSnapshot is, Span span, Duration before, Duration now) {
    double batches = span.rate(was.batches(), is.batches());
    double records = span.rate(was.recordsIn(), is.recordsIn());
    double busy = span.share(was.busyShare(), is.busyShare());
    return new Stage(
        is.name(),
        records,
        batches == 0 ? 0 : records / batches,
        batches == 0 ? 0 : busy * is.workers() * 1e3 / batches,
        busy,
        span.share(was.backpressuredShare(before), is.backpressuredShare(now)),
        workers(was, is, span));
  }

  private static List<Worker> workers(StageSnapshot was, StageSnapshot is, Span span) {
    List<Worker> workers = new ArrayList<>();
    for (int i = 0; i < Math.min(was.each().size(), is.each().size()); i++) {
      WorkerSnapshot before = was.each().get(i);
      WorkerSnapshot now = is.each().get(i);
      workers.add(
          new Worker(
              now.worker(),
              span.rate(before.rows(), now.rows()),
              span.rate(Math.max(0, before.cpuNanos()), Math.max(0, now.cpuNanos())) / 1e9));
    }
    return workers;
  }

  private static long done(PipelineSnapshot snapshot) {
    return snapshot.records().read() - snapshot.records().inFlight();
  }

  /** The values as they stand in JSON. */
  public Map<String, Object> values() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seconds", Json.rounded(seconds));
    json.put("readPerSecond", Json.rounded(readPerSecond));
    json.put("donePerSecond", Json.rounded(donePerSecond));
    json.put(
        "sources",
        sources.stream()
            .map(source ->
                Json.object(
                    "name", source.name(),
                    "recordsPerSecond", Json.rounded(source.recordsPerSecond()),
                    "blockedShare", Json.rounded(source.blockedShare())))
            .toList());
    json.put("stages", stages.stream().map(Recent::stageValues).toList());
    json.put(
        "sinks",
        sinks.stream()
            .map(sink ->
                Json.object(
                    "name", sink.name(),
                    "recordsPerSecond", Json.rounded(sink.recordsPerSecond()),
                    "busyShare", Json.rounded(sink.busyShare())))
            .toList());
    if (commits.records() > 0) {
      json.put(
          "arrivalToCommitMs",
          Json.object(
              "records", commits.records(),
              "mean", Json.rounded(commits.meanMs()),
              "p99", Json.rounded(commits.p99Ms())));
    }
    return json;
  }

  private static Map<String, Object> stageValues(Stage stage) {
    Map<String, Object> json =
        Json.object(
            "name", stage.name(),
            "recordsPerSecond", Json.rounded(stage.recordsPerSecond()),
            "rowsPerBatch", Json.rounded(stage.rowsPerBatch()),
            "serviceMs", Json.rounded(stage.serviceMs()),
            "busyShare", Json.rounded(stage.busyShare()),
            "backpressuredShare", Json.rounded(stage.backpressuredShare()));
    if (!stage.workers().isEmpty()) {
      json.put(
          "perWorker",
          stage.workers().stream()
              .map(worker ->
                  Json.object(
                      "worker", worker.worker(),
                      "recordsPerSecond", Json.rounded(worker.recordsPerSecond()),
                      "cpuShare", Json.rounded(worker.cpuShare())))
              .toList());
    }
    return json;
  }

  /**
   * The time between the snapshots, by which what was counted since the start is divided.
   *
   * @param from when it began, in seconds since the start
   */
  private record Span(double from, double to, boolean sinceStart) {
    static Span of(PipelineSnapshot before, PipelineSnapshot now) {
      double from = before.elapsed().toNanos() / 1e9;
      double to = now.elapsed().toNanos() / 1e9;
      return to > from ? new Span(from, to, false) : new Span(0, to, true);
    }

    double seconds() {
      return to - from;
    }

    double rate(long was, long is) {
      double records = sinceStart ? is : is - was;
      return seconds() <= 0 ? 0 : Math.max(0, records / seconds());
    }

    double share(double was, double is) {
      double busySeconds = is * to - (sinceStart ? 0 : was * from);
      return seconds() <= 0 ? 0 : Math.clamp(busySeconds / seconds(), 0, 1);
    }
  }
}
