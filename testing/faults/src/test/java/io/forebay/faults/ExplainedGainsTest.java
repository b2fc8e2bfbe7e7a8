package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What {@code forebay explain} says a change brings, and what it brings: a prediction from two
 * rounds, against five longer ones. Needs a machine that does nothing else.
 */
final class ExplainedGainsTest {
  /** Ten percentage points of the measured factor. */
  private static final double TOLERANCE = 0.10;

  private static final String JAVA = "io.forebay.faults.KnownFunctions$";

  /** Stages with a change that pays, by the change. */
  private static Map<String, String> stages() {
    Map<String, String> stages = new LinkedHashMap<>();
    stages.put("on: inline", "cpu: " + JAVA + "Works, workers: 2");
    stages.put(
        "threads: ", "cpu: " + JAVA + "Works, workers: 1, batch: 1, parameters: { sleeps: 2000 }");
    stages.put("workers: 2", "cpu: " + JAVA + "Works, workers: 1, parameters: { computes: 20 }");
    stages.put("batch: auto", "cpu: " + JAVA + "Works, batch: 1, parameters: { computes: 2 }");
    stages.put(
        "threads: 8", "blocking: " + JAVA + "Calls, threads: 2, parameters: { sleeps: 3000 }");
    stages.put(
        "concurrency: 8",
        "async: " + JAVA + "Answers, concurrency: 2, parameters: { sleeps: 3000 }");
    stages.put(
        "workers: 2 ",
        "cpu: \"python:known.works\", outputs: { done: float64 }, workers: 1, parameters: {"
            + " computes: \"20\" }");
    return stages;
  }

  @TempDir private Path folder;

  @Test
  @EnabledIfSystemProperty(named = "forebay.long", matches = "true")
  void predicts_what_a_change_brings_within_ten_points() throws Exception {
    try (InputStream known = getClass().getResourceAsStream("/diagnosis/known.py")) {
      Files.copy(known, folder.resolve("known.py"));
    }
    List<String> wrong = new ArrayList<>();
    System.out.println("| change | advised | predicted | measured |");
    System.out.println("|---|---|---:|---:|");
    for (Map.Entry<String, String> each : stages().entrySet()) {
      Map<?, ?> json = explained(each.getValue());
      Map<?, ?> set =
          json.get("change") instanceof Map<?, ?> c ? (Map<?, ?>) c.get("set") : Map.of();
      double predicted = factor(json, "gain");
      double measured = factor(json, "verified");
      System.out.printf(
          Locale.ROOT, "| %s | %s | %.2f | %.2f |%n", each.getKey(), set, predicted, measured);
      boolean right =
          set.toString().replace('=', ':').replace(":", ": ").contains(each.getKey().strip())
              && Math.abs(predicted - measured) <= TOLERANCE * Math.max(1, measured);
      if (!right) {
        wrong.add(each.getKey() + ": " + json);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private Map<?, ?> explained(String stage) throws IOException, InterruptedException {
    Files.writeString(
        folder.resolve("pipeline.yaml"),
        """
        name: known
        sources: [{ name: a, type: simulated, sensors: 4, records: 1000000, rate: 1000000 }]
        stages: [{ name: work, %s }]
        sinks: [{ type: jsonl, path: out.jsonl }]
        """
            .formatted(stage));
    CommandLine command = new CommandLine(folder);
    Files.deleteIfExists(command.log());
    command.run("explain", "pipeline.yaml", "--verify", "--json", "--seconds", "20");
    String out = Files.readString(command.log());
    return (Map<?, ?>)
        new Load(LoadSettings.builder().build()).loadFromString(out.substring(out.indexOf('{')));
  }

  private static double factor(Map<?, ?> json, String key) {
    return json.get(key) instanceof Map<?, ?> gain
        ? ((Number) gain.get("factor")).doubleValue()
        : 0;
  }
}
