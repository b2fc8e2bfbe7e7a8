package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.mqttbroker.EmbeddedBroker;
import io.forebay.testkit.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the command while messages of QoS 1 come, and a broker that restarts
 * meanwhile: every message arrives, and of each kill at most as many twice as were not
 * acknowledged.
 */
final class MqttKillTest {
  private static final int RECORDS = 12_000;
  private static final int KILLS = 3;
  private static final int RECEIVE_MAXIMUM = 300;
  private static final String CLIENT = "forebay-kill-plant";

  @TempDir Path folder;

  @Test
  @Timeout(value = 300, unit = TimeUnit.SECONDS)
  void every_message_arrives_when_forebay_is_killed_and_the_broker_restarts() throws Exception {
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    CommandLine forebay = new CommandLine(folder);
    try (EmbeddedBroker broker = EmbeddedBroker.open()) {
      Files.writeString(
          folder.resolve("pipeline.yaml"),
          """
          name: kill
          sources:
            - name: plant
              type: mqtt
              broker: mqtt://127.0.0.1:%d
              topics: ["plant/{line}/{sensorId}"]
              fields: { id: int64, value: float64 }
              receiveMaximum: %d
          stages:
            - { name: features, cpu: io.forebay.functions.LectureFeatures, on: inline }
          sinks:
            - { type: jsonl, path: out.jsonl }
          deadLetter: { path: rejected.jsonl }
          """
              .formatted(broker.port(), RECEIVE_MAXIMUM));
      Process running = forebay.start("run", "pipeline.yaml", "--no-progress");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> broker.isSubscribed(CLIENT) || !running.isAlive());
      assertThat(running.isAlive()).as(forebay.printed()).isTrue();

      Thread publisher = Thread.ofPlatform().daemon().start(() -> publish(broker));
      Process now = running;
      for (int kill = 1; kill <= KILLS; kill++) {
        long target = RECORDS * (long) kill / (KILLS + 1) - random.nextInt(RECORDS / 8);
        awaitRows(now, target, forebay);
        if (kill == 2) {
          broker.stop();
          broker.start();
          awaitRows(now, target + 500, forebay);
        }
        now.destroyForcibly();
        now.waitFor();
        now = forebay.start("run", "pipeline.yaml", "--no-progress");
      }
      publisher.join();
      Process last = now;
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> !last.isAlive() || broker.backlog(CLIENT) == 0);
      last.destroy();
      assertThat(last.waitFor()).as(forebay.printed()).isEqualTo(143);
      assertThat(broker.dropped()).isZero();
    }

    List<Long> ids = Ids.in(folder.resolve("out.jsonl"));
    Map<Long, Integer> times = new HashMap<>();
    ids.forEach(id -> times.merge(id, 1, Integer::sum));
    System.out.printf(
        "MqttKillTest: %d messages, %d kills, %d arrived twice%n",
        RECORDS, KILLS, ids.size() - times.size());
    assertThat(times).hasSize(RECORDS);
    assertThat(ids.size() - RECORDS).isLessThanOrEqualTo((KILLS + 1) * RECEIVE_MAXIMUM);
    assertThat(Files.size(folder.resolve("rejected.jsonl"))).isZero();
  }

  private static void publish(EmbeddedBroker broker) {
    for (int id = 0; id < RECORDS; id++) {
      String payload = "{\"id\":" + id + ",\"value\":" + id % 120 + ".5}";
      broker.publish("plant/a/s" + id % 8, payload.getBytes(StandardCharsets.UTF_8), 1, false);
    }
  }

  private void awaitRows(Process running, long rows, CommandLine forebay) throws IOException {
    await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> !running.isAlive() || rows() >= rows);
    assertThat(running.isAlive()).as(forebay.printed()).isTrue();
  }

  /** About how many rows there are. */
  private long rows() throws IOException {
    Path out = folder.resolve("out.jsonl");
    return Files.exists(out) ? Files.size(out) / 105 : 0;
  }
}
