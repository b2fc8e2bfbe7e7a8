package io.forebay.observe;

import static io.forebay.observe.Json.object;
import static io.forebay.observe.Json.rounded;

import io.forebay.snapshot.DeadLetterReason;
import io.forebay.snapshot.EndedWorker;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.snapshot.WorkerSnapshot;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** The parts of a pipeline as they stand in the summary. */
final class PartsJson {
  private PartsJson() {}

  static Map<String, Object> source(SourceSnapshot source) {
    Map<String, Object> json =
        object(
            "name", source.name(),
            "records", source.records(),
            "bytes", source.bytes(),
            "blockedShare", rounded(source.blockedShare()),
            "finished", source.finished());
    source.state().ifPresent(state -> json.put("state", lower(state)));
    if (!source.detail().isEmpty()) {
      json.put("detail", source.detail());
    }
    return json;
  }

  static Map<String, Object> stage(StageSnapshot stage, Duration elapsed) {
    Map<String, Object> json = object("name", stage.name(), "kind", lower(stage.kind()));
    stage.on().ifPresent(on -> json.put("on", lower(on)));
    json.put("workers", stage.workers());
    json.put("recordsIn", stage.recordsIn());
    json.put("recordsOut", stage.recordsOut());
    json.put("bytesIn", stage.bytesIn());
    json.put("bytesOut", stage.bytesOut());
    json.put("batches", stage.batches());
    json.put("batchRows", object("p50", stage.batchRowsP50(), "max", stage.batchRowsMax()));
    json.put(
        "serviceMs",
        object("p50", rounded(stage.serviceMsP50()), "p99", rounded(stage.serviceMsP99())));
    json.put(
        "waitMs", object("p50", rounded(stage.waitMsP50()), "p99", rounded(stage.waitMsP99())));
    json.put("busyShare", rounded(stage.busyShare()));
    json.put("backpressuredShare", rounded(stage.backpressuredShare(elapsed)));
    json.put("cpuShare", rounded(stage.cpuShare()));
    json.put("transportShare", rounded(stage.transportShare()));
    json.put("restarts", stage.restarts());
    json.put("timeouts", stage.timeouts());
    if (!stage.each().isEmpty()) {
      json.put("perWorker", stage.each().stream().map(PartsJson::worker).toList());
    }
    if (!stage.ended().isEmpty()) {
      json.put("ended", stage.ended().stream().map(ended -> ended(ended, elapsed)).toList());
    }
    return json;
  }

  private static Map<String, Object> worker(WorkerSnapshot worker) {
    Map<String, Object> json =
        object(
            "worker", worker.worker(),
            "state", lower(worker.state()),
            "pid", worker.pid(),
            "batchRows", worker.batchRows(),
            "batchSeconds", rounded(worker.batchNanos() / 1e9),
            "batches", worker.batches(),
            "rows", worker.rows(),
            "restarts", worker.ends());
    if (worker.cpuNanos() >= 0) {
      json.put("cpuSeconds", worker.cpuNanos() / 1e9);
    }
    return json;
  }

  private static Map<String, Object> ended(EndedWorker ended, Duration elapsed) {
    Map<String, Object> json = object("number", ended.number(), "worker", ended.worker());
    if (ended.pid() > 0) {
      json.put("pid", ended.pid());
    }
    json.put("kind", ended.kind());
    json.put("what", ended.what());
    json.put("advice", ended.advice());
    json.put("evidence", ended.evidence());
    json.put("batchesRetried", ended.retried());
    json.put("atSeconds", at(elapsed, ended.ago()));
    return json;
  }

  /** When something was, since the sources were opened: it stays the same while time goes on. */
  private static double at(Duration elapsed, Duration ago) {
    return Math.max(0, elapsed.minus(ago).toMillis() / 1e3);
  }

  static Map<String, Object> reason(DeadLetterReason reason, Duration elapsed) {
    Map<String, Object> newest = object("source", reason.source());
    if (!reason.partition().isEmpty()) {
      newest.put("partition", reason.partition());
    }
    newest.put("sequence", reason.sequence());
    newest.put("atSeconds", at(elapsed, reason.ago()));
    return object(
        "stage", reason.stage(),
        "reason", reason.reason(),
        "count", reason.count(),
        "newest", newest);
  }

  static Map<String, Object> sink(SinkSnapshot sink) {
    Map<String, Object> json =
        object(
            "name", sink.name(),
            "records", sink.records(),
            "bytes", sink.bytes(),
            "busyShare", rounded(sink.busyShare()),
            "commits", sink.commits(),
            "commitMs", object("p99", rounded(sink.commitMsP99())),
            "retries", sink.retries());
    if (!sink.away().isEmpty()) {
      json.put("away", sink.away());
    }
    return json;
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
