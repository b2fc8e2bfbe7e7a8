package io.forebay.observe;

import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageSnapshot;
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
 */
public record Recent(
    double seconds,
    double readPerSecond,
    double donePerSecond,
    List<Source> sources,
    List<Stage> stages,
    List<Sink> sinks) {

  /** A source; {@code blockedShare} is the share of the time in which it waited for room. */
  public record Source(String name, double recordsPerSecond, double blockedShare) {}

  /**
   * A stage.
   *
   * @param recordsPerSecond records given to the function
   * @param rowsPerBatch rows of the mean batch; 0 without a batch
   * @param serviceMs time in the function of the mean batch; 0 without a batch
   * @param busyShare share of the workers' time spent in the function
   */
  public record Stage(
      String name,
      double recordsPerSecond,
      double rowsPerBatch,
      double serviceMs,
      double busyShare) {}

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
      stages.add(stage(before.stages().get(i), now.stages().get(i), span));
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
        sinks);
  }

  private static Stage stage(StageSnapshot was, StageSnapshot is, Span span) {
    double batches = span.rate(was.batches(), is.batches());
    double records = span.rate(was.recordsIn(), is.recordsIn());
    double busy = span.share(was.busyShare(), is.busyShare());
    return new Stage(
        is.name(),
        records,
        batches == 0 ? 0 : records / batches,
        batches == 0 ? 0 : busy * is.workers() * 1e3 / batches,
        busy);
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
    json.put(
        "stages",
        stages.stream()
            .map(stage ->
                Json.object(
                    "name", stage.name(),
                    "recordsPerSecond", Json.rounded(stage.recordsPerSecond()),
                    "rowsPerBatch", Json.rounded(stage.rowsPerBatch()),
                    "serviceMs", Json.rounded(stage.serviceMs()),
                    "busyShare", Json.rounded(stage.busyShare())))
            .toList());
    json.put(
        "sinks",
        sinks.stream()
            .map(sink ->
                Json.object(
                    "name", sink.name(),
                    "recordsPerSecond", Json.rounded(sink.recordsPerSecond()),
                    "busyShare", Json.rounded(sink.busyShare())))
            .toList());
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
