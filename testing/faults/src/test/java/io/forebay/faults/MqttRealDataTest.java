package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.mqttbroker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real readings published to a broker, through the lecture's function in worker processes, against
 * Python. The files are looked for as {@link RealDataTest} does.
 */
class MqttRealDataTest {
  private static final int RECORDS = 20_000;

  @TempDir Path folder;

  @BeforeAll
  static void find() {
    RealDataTest.find();
  }

  @Test
  void equals_the_lectures_function_in_python_when_readings_come_by_mqtt() throws Exception {
    assumeTrue(RealDataTest.hasPython(), "there is no python3 to compare with");
    List<String> readings = RealDataTest.readings(folder, RECORDS);
    Files.write(folder.resolve("in.jsonl"), readings);
    CommandLine forebay = new CommandLine(folder);
    try (EmbeddedBroker broker = EmbeddedBroker.open()) {
      Files.writeString(
          folder.resolve("pipeline.yaml"),
          """
          name: real
          sources:
            - name: in
              type: mqtt
              broker: mqtt://127.0.0.1:%d
              topics: ["readings/#"]
              fields: { sensorId: string, timestamp: string, value: float64 }
          stages:
            - { name: features, cpu: io.forebay.functions.LectureFeatures, on: processes, workers: 2 }
          sinks:
            - { type: jsonl, path: out.jsonl }
          deadLetter: { path: rejected.jsonl }
          """
              .formatted(broker.port()));
      Process running = forebay.start("run", "pipeline.yaml", "--no-progress");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> broker.isSubscribed("forebay-real-in") || !running.isAlive());
      for (int i = 0; i < readings.size(); i++) {
        byte[] payload = readings.get(i).getBytes(StandardCharsets.UTF_8);
        broker.publish("readings/" + i % 100, payload, 1, false);
      }
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> !running.isAlive() || broker.backlog("forebay-real-in") == 0);
      running.destroy();
      assertThat(running.waitFor()).as(forebay.printed()).isEqualTo(143);
    }

    assertThat(Files.size(folder.resolve("rejected.jsonl"))).isZero();
    assertThat(RealDataTest.compare(folder.resolve("in.jsonl"), folder.resolve("out.jsonl")))
        .isEqualTo(readings.size());
  }
}
