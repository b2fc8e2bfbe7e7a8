package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration and its example, as a newcomer starts them. */
final class MqttDemoTest {
  private static final Pattern BROKER = Pattern.compile("mqtt://127.0.0.1:\\d+");

  @TempDir Path folder;

  @Test
  void sensors_of_the_demonstration_arrive_in_the_file_of_the_example() throws Exception {
    Path example = Path.of("..", "..", "examples", "mqtt.yaml");
    Files.copy(example, folder.resolve("mqtt.yaml"));
    Path demoFolder = Files.createDirectory(folder.resolve("demo"));
    CommandLine demo = new CommandLine(demoFolder);
    CommandLine forebay = new CommandLine(folder);
    Process sensors = demo.start("demo", "mqtt", "--port", "0");
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !sensors.isAlive() || BROKER.matcher(demo.printed()).find());
      assertThat(sensors.isAlive()).as(demo.printed()).isTrue();
      Matcher broker = BROKER.matcher(demo.printed());
      assertThat(broker.find()).isTrue();
      Process running =
          forebay.start(
              "run",
              "mqtt.yaml",
              "--no-progress",
              "--set",
              "sources.plant.broker=" + broker.group());
      Path out = folder.resolve("out/mqtt.jsonl");
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() ->
              !running.isAlive() || (Files.exists(out) && Files.readAllLines(out).size() >= 20));
      running.destroy();
      assertThat(running.waitFor()).as(forebay.printed()).isEqualTo(143);
      assertThat(Files.readAllLines(out).getFirst())
          .contains("\"line\":\"a\"", "\"sensorId\":", "\"normalized\":", "\"feature\":");
      assertThat(forebay.printed()).contains("Delivery: at least once");
    } finally {
      sensors.destroy();
      sensors.waitFor();
    }
  }
}
