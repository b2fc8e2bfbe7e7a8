package io.forebay.observe;

import static io.forebay.observe.Json.object;
import static io.forebay.observe.Json.rounded;

import io.forebay.RecordCounts;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a run did, for machines and for people.
 *
 * @param run the last snapshot
 * @param outcome {@code completed}, {@code drained}, {@code deadlineExceeded} or {@code failed}
 * @param reason why it ended so; empty if it completed
 * @param causes what has limited it, the first most
 */
public record Summary(PipelineSnapshot run, String outcome, String reason, List<Diagnosis> causes) {
  /** Of a run that nobody has looked at while it ran. */
  public Summary(PipelineSnapshot run, String outcome, String reason) {
    this(run, outcome, reason, LiveDiagnosis.told(Causes.of(run)));
  }

  /** In one sentence what limited the run, and what to change. */
  public String verdict() {
    return causes.getFirst().sentence();
  }

  /** The summary file. Times end in their unit, shares are 0..1. */
  public String json() {
    return json(UnaryOperator.identity());
  }

  /** The summary file, with {@code texts} applied to names and sentences in it. */
  public String json(UnaryOperator<String> texts) {
    return Json.write(values(), texts);
  }

  /** What is in the summary file, in its order; the map may be added to. */
  public Map<String, Object> values() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", run.name());
    json.put("outcome", outcome);
    if (!reason.isEmpty()) {
      json.put("reason", reason);
    }
    json.put("records", counts(run.records()));
    json.put("recordsAcrossRuns", counts(run.acrossRuns()));
    json.put("elapsedSeconds", rounded(run.elapsed().toNanos() / 1e9));
    json.put("recordsPerSecond", rounded(run.recordsPerSecond()));
    json.put("verdict", verdict());
    json.put("diagnosis", DiagnosisJson.of(causes));
    json.put("forebay", object("slots", run.slots(), "slotsFree", run.slotsFree()));
    json.put("dispatcherBusyShare", rounded(run.dispatcherBusyShare()));
    json.put("latencyMs", LatencyText.values(run.latency()));
    json.put("heartbeatMs", run.heartbeats().stream().map(LatencyText::heartbeat).toList());
    json.put("sources", run.sources().stream().map(PartsJson::source).toList());
    json.put(
        "stages",
        run.stages().stream().map(stage -> PartsJson.stage(stage, run.elapsed())).toList());
    json.put("sinks", run.sinks().stream().map(PartsJson::sink).toList());
    if (!run.reasons().isEmpty()) {
      json.put(
          "deadLetterReasons",
          run.reasons().stream().map(reason -> PartsJson.reason(reason, run.elapsed())).toList());
    }
    return json;
  }

  private static Map<String, Object> counts(RecordCounts records) {
    return object(
        "read", records.read(),
        "delivered", records.delivered(),
        "deadLettered", records.deadLettered(),
        "filtered", records.filtered(),
        "dropped", records.dropped(),
        "inFlight", records.inFlight());
  }

  /** For people: the tables, and what became of the records. */
  public List<String> table() {
    List<String> lines = new ArrayList<>();
    for (Table table : tables()) {
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.addAll(table.lines());
    }
    for (SinkSnapshot sink : run.sinks()) {
      if (sink.retries() > 0) {
        lines.add(
            sink.name()
                + ": its store was away, tried again "
                + Format.count(sink.retries())
                + " times"
                + (sink.away().isEmpty() ? "" : ", still away: " + sink.away()));
      }
    }
    lines.add("");
    lines.addAll(account());
    return lines;
  }

  /** Sources, stages where there are any, and sinks. */
  public List<Table> tables() {
    return run.stages().isEmpty()
        ? List.of(sources(), sinks())
        : List.of(sources(), stages(), sinks());
  }

  /** What became of the records, how long it took, and how long each took. */
  public List<String> account() {
    List<String> lines = new ArrayList<>();
    lines.add(records(run.records()));
    if (run.earlier().read() > 0) {
      lines.add("with earlier runs: " + records(run.acrossRuns()));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "%.2f s, %s records/s",
            run.elapsed().toNanos() / 1e9,
            Format.count(Math.round(run.recordsPerSecond()))));
    lines.addAll(LatencyText.lines(run.latency()));
    return lines;
  }

  private Table sources() {
    boolean said = run.sources().stream().anyMatch(source -> source.state().isPresent());
    Table table =
        said
            ? new Table("source", "records", "waited for room", "state")
            : new Table("source", "records", "waited for room");
    for (SourceSnapshot source : run.sources()) {
      String records = Format.count(source.records());
      String waited = Format.percent(source.blockedShare());
      if (said) {
        String state = source.state().map(PartsJson::lower).orElse("");
        table.row(source.name(), records, waited, state + inBrackets(source.detail()));
      } else {
        table.row(source.name(), records, waited);
      }
    }
    return table;
  }

  private static String inBrackets(String detail) {
    return detail.isEmpty() ? "" : " (" + detail + ")";
  }

  private Table stages() {
    Table table =
        new Table(
            "stage",
            "kind",
            "workers",
            "records in",
            "out",
            "batches",
            "rows p50/max",
            "service ms p50/p99",
            "wait ms p50/p99",
            "busy",
            "cpu",
            "border",
            "restarts");
    for (StageSnapshot stage : run.stages()) {
      table.row(
          stage.name(),
          stage.on().map(PartsJson::lower).orElse(PartsJson.lower(stage.kind())),
          Format.count(stage.workers()),
          Format.count(stage.recordsIn()),
          Format.count(stage.recordsOut()),
          Format.count(stage.batches()),
          Format.count(stage.batchRowsP50()) + "/" + Format.count(stage.batchRowsMax()),
          Format.millis(stage.serviceMsP50()) + "/" + Format.millis(stage.serviceMsP99()),
          Format.millis(stage.waitMsP50()) + "/" + Format.millis(stage.waitMsP99()),
          Format.percent(stage.busyShare()),
          Format.percent(stage.cpuShare()),
          Format.percent(stage.transportShare()),
          Format.count(stage.restarts()));
    }
    return table;
  }

  private Table sinks() {
    Table table = new Table("sink", "records", "busy", "commits", "commit p99");
    for (SinkSnapshot sink : run.sinks()) {
      table.row(
          sink.name(),
          Format.count(sink.records()),
          Format.percent(sink.busyShare()),
          Format.count(sink.commits()),
          Format.millis(sink.commitMsP99()) + " ms");
    }
    return table;
  }

  /** The conservation law: every record that was read is in exactly one of the other places. */
  static String records(RecordCounts records) {
    return Format.count(records.read())
        + " read = "
        + Format.count(records.delivered())
        + " delivered + "
        + Format.count(records.deadLettered())
        + " dead-lettered + "
        + Format.count(records.filtered())
        + " filtered + "
        + Format.count(records.dropped())
        + " dropped + "
        + Format.count(records.inFlight())
        + " in flight";
  }
}
