package io.forebay.cli.explain;

import io.forebay.cli.explain.Explanation.Entry;
import io.forebay.cli.explain.Explanation.Gain;
import io.forebay.cli.explain.Explanation.Round;
import io.forebay.cli.explain.StageReport.BatchPoint;
import io.forebay.cli.explain.StageReport.Place;
import io.forebay.cli.trial.Sample;
import io.forebay.cli.trial.StageCost;
import io.forebay.observe.DiagnosisJson;
import io.forebay.observe.Json;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** An explanation as JSON. What is not known is left out. */
public final class ExplanationJson {
  private ExplanationJson() {}

  /**
   * The text.
   *
   * @param texts is applied to each text that is a value
   */
  public static String of(Explanation explanation, UnaryOperator<String> texts) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("pipeline", explanation.pipeline());
    json.put("file", explanation.file());
    json.put("cores", explanation.cores());
    json.put("sample", explanation.samples().stream().map(ExplanationJson::sample).toList());
    json.put("notices", explanation.notices());
    json.put("stages", explanation.stages().stream().map(ExplanationJson::stage).toList());
    explanation
        .whole()
        .ifPresent(whole -> {
          json.put("recordsPerSecond", rounded(whole.recordsPerSecond()));
          json.put("diagnosis", DiagnosisJson.of(whole.limit()));
        });
    explanation.change().ifPresent(change -> json.put("change", change(change)));
    explanation.gain().ifPresent(gain -> json.put("gain", gain(gain)));
    explanation.verified().ifPresent(gain -> json.put("verified", gain(gain)));
    return Json.write(json, texts);
  }

  private static Map<String, Object> sample(Sample sample) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("source", sample.name());
    json.put("records", sample.rows().rows());
    json.put("rejected", sample.rejected());
    return json;
  }

  private static Map<String, Object> stage(Entry entry) {
    StageReport report = entry.report();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", report.name());
    json.put("tool", entry.advice().tool());
    json.put("sentence", entry.advice().sentence());
    if (report.failure().isPresent()) {
      json.put("failure", report.failure().get());
      return json;
    }
    json.put("nature", report.nature().label());
    json.put("notices", report.notices());
    StageCost cost = report.cost();
    json.put("nanosPerRecord", rounded(cost.nanosPerRecord()));
    known(json, "cpuShare", cost.cpuShare());
    known(json, "runDelayShare", cost.runDelayShare());
    known(json, "lockShare", cost.lockShare());
    known(json, "gcShare", cost.gcShare());
    known(json, "allocatedBytesPerRecord", report.allocatedBytes());
    json.put("places", report.places().stream().map(place -> place(report, place)).toList());
    if (report.batches().size() > 1) {
      json.put("callNanos", line(report.line()));
      json.put("borderNanos", line(report.border()));
    }
    json.put("batches", report.batches().stream().map(ExplanationJson::batch).toList());
    report.scaling().ifPresent(scaling -> json.put("speedup", speedup(scaling)));
    return json;
  }

  private static Map<String, Object> place(StageReport report, Place place) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("where", ExplanationText.where(report.stage(), place));
    json.put("workers", place.workers());
    json.put("recordsPerSecond", rounded(place.recordsPerSecond()));
    json.put("nanosPerRecord", rounded(place.cost().nanosPerRecord()));
    json.put("borderNanosPerRecord", rounded(place.cost().borderNanosPerRecord()));
    return json;
  }

  private static Map<String, Object> batch(BatchPoint point) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rows", rounded(point.rows()));
    json.put("callNanos", rounded(point.nanos()));
    json.put("borderNanos", rounded(point.borderNanos()));
    json.put("recordsPerSecond", rounded(point.recordsPerSecond()));
    return json;
  }

  private static Map<String, Object> line(CostLine line) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("fixed", rounded(line.fixedNanos()));
    json.put("perRecord", rounded(line.recordNanos()));
    return json;
  }

  private static Map<String, Object> speedup(Scaling scaling) {
    Map<String, Object> json = new LinkedHashMap<>();
    Map<String, Object> measured = new LinkedHashMap<>();
    scaling
        .measured()
        .forEach(
            each -> measured.put(String.valueOf(each.workers()), rounded(scaling.speedup(each))));
    json.put("measured", measured);
    json.put("model", "Amdahl");
    json.put("serialShare", rounded(scaling.serialShare()));
    return json;
  }

  private static Map<String, Object> change(Change change) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("stage", change.stage());
    change.kind().ifPresent(kind -> json.put("kind", kind));
    json.put("set", change.set());
    json.put("drop", change.dropped());
    json.put("yaml", String.join("\n", change.yaml()));
    return json;
  }

  private static Map<String, Object> gain(Gain gain) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("factor", rounded(gain.factor()));
    json.put("cpuFactor", rounded(gain.cpuFactor()));
    json.put("before", rates(gain.before()));
    json.put("after", rates(gain.after()));
    return json;
  }

  private static List<Double> rates(List<Round> rounds) {
    return rounds.stream().map(round -> rounded(round.recordsPerSecond())).toList();
  }

  private static void known(Map<String, Object> json, String key, double value) {
    if (value >= 0) {
      json.put(key, rounded(value));
    }
  }

  /** With four digits that count. */
  private static double rounded(double value) {
    if (value == 0 || !Double.isFinite(value)) {
      return value;
    }
    return new BigDecimal(value).round(new MathContext(4)).doubleValue();
  }
}
