package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.forebay.mqttbroker.EmbeddedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The pipelines of {@code docs/guide/examples.md}, as they are. */
final class ReadyPipelinesTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  @TempDir private Path folder;

  private void run(String name, String... replaced) throws Exception {
    String pipeline = Files.readString(EXAMPLES.resolve(name));
    for (int i = 0; i < replaced.length; i += 2) {
      assertThat(pipeline).contains(replaced[i]);
      pipeline = pipeline.replace(replaced[i], replaced[i + 1]);
    }
    Files.writeString(folder.resolve(name), pipeline);
    Forebay.Result result = Forebay.run(folder, "run", name, "--no-progress");
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
  }

  private List<JsonNode> rows(String name) throws IOException {
    return Files.readAllLines(folder.resolve("out").resolve(name)).stream()
        .map(line -> JsonMapper.shared().readTree(line))
        .toList();
  }

  private static List<Double> numbers(JsonNode list) {
    List<Double> numbers = new ArrayList<>();
    list.forEach(each -> numbers.add(each.asDouble()));
    return numbers;
  }

  @Test
  void vibration_raises_an_alarm_for_the_fan_and_for_the_pump_when_they_wear_out()
      throws Exception {
    Files.createDirectories(folder.resolve("examples/data"));
    Files.copy(
        EXAMPLES.resolve("data/vibration.jsonl.gz"),
        folder.resolve("examples/data/vibration.jsonl.gz"));
    Map<String, Integer> alarms = new TreeMap<>();
    ConcurrentLinkedQueue<String> messages = new ConcurrentLinkedQueue<>();
    try (EmbeddedBroker broker = EmbeddedBroker.open()) {
      broker.listen(
          "alarms/+",
          (topic, payload) ->
              messages.add(topic + " " + new String(payload, StandardCharsets.UTF_8)));
      run("vibration.yaml", "18883", Integer.toString(broker.port()));
    }
    List<JsonNode> rows = rows("vibration.jsonl");
    assertThat(rows).hasSize(30);
    for (JsonNode row : rows) {
      if (!row.get("zone").asString().matches("[AB]") || row.get("bpfo").asDouble() > 0.2) {
        alarms.merge("alarms/" + row.get("machine").asString(), 1, Integer::sum);
      }
    }
    // The last bursts of each; the fan's bearing and the pump's balance stay good.
    assertThat(alarms).containsExactly(Map.entry("alarms/fan-1", 4), Map.entry("alarms/pump-2", 7));
    Map<String, Integer> raised = new TreeMap<>();
    messages.forEach(each -> raised.merge(each.split(" ", 2)[0], 1, Integer::sum));
    assertThat(raised).isEqualTo(alarms);
    assertThat(messages).allMatch(each -> each.contains("\"velocityRms\""));
    assertThat(rows)
        .filteredOn(row -> row.get("machine").asString().equals("fan-1"))
        .allSatisfy(row -> assertThat(row.get("bpfo").asDouble()).isLessThan(0.05))
        .last()
        .satisfies(row -> {
          assertThat(row.get("zone").asString()).isEqualTo("D");
          assertThat(row.get("velocityRms").asDouble()).isCloseTo(0.9 + 4.5, within(0.3));
        });
  }

  @Test
  void anomalies_are_the_spikes_when_they_are_scored_without_a_model() throws Exception {
    run("anomalies.yaml");
    List<JsonNode> all = rows("scores.jsonl");
    assertThat(all).hasSize(24);
    List<JsonNode> marked = new ArrayList<>();
    for (JsonNode row : all) {
      List<Double> values = numbers(row.get("value"));
      List<Double> marks = numbers(row.get("anomalyMarks"));
      assertThat(marks).hasSameSizeAs(values).hasSize(1000);
      int spikes = 0;
      for (int i = 50; i < values.size(); i++) {
        // A spike is off by 40 at least, the rest moves slowly within its noise.
        boolean spike =
            Math.abs(values.get(i) - values.get(i - 1)) > 30
                && (i + 1 == values.size() || Math.abs(values.get(i) - values.get(i + 1)) > 30);
        assertThat(marks.get(i)).as("%s, %s", row.get("sensorId"), i).isEqualTo(spike ? 1 : 0);
        spikes += spike ? 1 : 0;
      }
      assertThat(row.get("anomalies").asInt()).isEqualTo(spikes);
      if (spikes > 0) {
        marked.add(row);
      }
    }
    assertThat(rows("anomalies.jsonl")).isEqualTo(marked).isNotEmpty();
  }

  @Test
  void statistics_are_in_parquet_and_in_csv_when_seconds_are_over() throws Exception {
    run("parquet.yaml", "records: 5000", "records: 500");
    List<String> lines = Files.readAllLines(folder.resolve("out/statistics.csv"));
    assertThat(lines).hasSize(1 + 8 * 5);
    assertThat(lines.getFirst())
        .isEqualTo("sensorId,window_start,window_end,count,mean,sd,min,max,slope");
    assertThat(lines.stream().skip(1)).allMatch(line -> line.split(",", -1)[3].equals("100"));
    try (Stream<Path> files = Files.list(folder.resolve("out/statistics"))) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .filteredOn(each -> each.endsWith(".parquet"))
          .isNotEmpty();
    }
  }
}
