package io.forebay.cli.bench;

import io.forebay.cli.bench.BenchResult.OfCell;
import io.forebay.cli.bench.BenchResult.OfStage;
import io.forebay.cli.bench.BenchResult.Round;
import io.forebay.cli.trial.Sample;
import io.forebay.observe.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/** What was measured, as JSON. What is not known is left out. */
public final class BenchJson {
  private BenchJson() {}

  /**
   * The text.
   *
   * @param texts is applied to each text that is a value
   */
  public static String of(BenchResult result, UnaryOperator<String> texts) {
    return Json.write(
        Json.object(
            "pipeline", result.pipeline(),
            "file", result.file(),
            "cores", result.cores(),
            "rounds", result.rounds(),
            "sample", result.samples().stream().map(BenchJson::sample).toList(),
            "notices", result.notices(),
            "stages", result.stages().stream().map(BenchJson::stage).toList()),
        texts);
  }

  private static Map<String, Object> sample(Sample sample) {
    return Json.object(
        "source", sample.name(),
        "records", sample.rows().rows(),
        "rejected", sample.rejected());
  }

  private static Map<String, Object> stage(OfStage stage) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", stage.name());
    if (stage.failure().isPresent()) {
      json.put("failure", stage.failure().get());
      return json;
    }
    json.put("notices", stage.notices());
    stage.fastest().ifPresent(each -> json.put("fastest", each.cell().label()));
    json.put("configured", stage.configured().label());
    json.put("cells", stage.cells().stream().map(BenchJson::cell).toList());
    return json;
  }

  private static Map<String, Object> cell(OfCell each) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("label", each.cell().label());
    json.put("on", each.cell().place());
    json.put("workers", each.cell().workers());
    each.cell().batch().ifPresent(rows -> json.put("batch", rows));
    if (!each.rounds().isEmpty()) {
      json.put("recordsPerSecond", figure(each, Round::recordsPerSecond));
      json.put("rowsPerBatch", figure(each, Round::rowsPerBatch));
      json.put("nanosPerRecord", figure(each, Round::nanosPerRecord));
      json.put("nanosPerCall", figure(each, Round::nanosPerCall));
      if (each.least(Round::cpuNanos) >= 0) {
        json.put("cpuNanosPerRecord", figure(each, Round::cpuNanos));
      }
    }
    return json;
  }

  private static Map<String, Object> figure(OfCell cell, ToDoubleFunction<Round> figure) {
    List<Double> rounds =
        cell.rounds().stream().map(each -> Json.rounded(figure.applyAsDouble(each))).toList();
    return Json.object(
        "median", Json.rounded(cell.median(figure)),
        "least", Json.rounded(cell.least(figure)),
        "most", Json.rounded(cell.most(figure)),
        "rounds", rounds);
  }
}
