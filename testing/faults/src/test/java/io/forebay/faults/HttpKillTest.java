package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that repeat what was not answered lose nothing, however often the engine is killed: every
 * record that was answered with 2xx is delivered.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(240)
class HttpKillTest {
  private static final int KILLS = Integer.getInteger("forebay.kills", 4);
  private static final int CLIENTS = 4;
  private static final int RECORDS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final Set<Long> answered = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean stopping;

  @Test
  void everything_answered_with_2xx_is_delivered_when_the_engine_is_killed() throws Exception {
    int port = CommandLine.freePort();
    Files.writeString(
        folder.resolve("pipeline.yaml"),
        """
        name: ingest
        sources:
          - { name: http, type: http, listen: "127.0.0.1:%d", fields: { id: int64, value: float64 } }
        stages:
          - { name: features, cpu: io.forebay.functions.LectureFeatures, on: inline }
        sinks:
          - { type: jsonl, path: out.jsonl }
        deadLetter: { path: rejected.jsonl }
        """
            .formatted(port));
    CommandLine forebay = new CommandLine(folder);
    Process engine = forebay.start("run", "pipeline.yaml", "--no-progress");
    List<Thread> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        long first = i * 1_000_000_000L;
        clients.add(
            Thread.ofVirtual()
                .start(
                    new RepeatingSender(
                        port,
                        first,
                        RECORDS,
                        () -> stopping,
                        answered::add,
                        refused::incrementAndGet)));
      }
      for (int kill = 0; kill < KILLS; kill++) {
        int before = answered.size();
        // A moment that differs: after some answers of this life.
        int more = 1 + kill * 10 * RECORDS;
        Awaitility.await("after kill " + kill)
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> answered.size() >= before + more);
        engine.destroyForcibly().waitFor();
        engine = forebay.start("run", "pipeline.yaml", "--no-progress");
      }
      int before = answered.size();
      Awaitility.await().atMost(PATIENCE).until(() -> answered.size() > before + 10 * RECORDS);
      // While they go on: what is accepted is finished, the rest refused.
      engine.destroy();
      assertThat(engine.waitFor()).as(forebay.printed()).isEqualTo(143);
    } finally {
      stopping = true;
      engine.destroyForcibly();
      for (Thread client : clients) {
        client.join();
      }
    }
    List<Long> delivered = Ids.in(folder.resolve("out.jsonl"));
    System.out.printf(
        "%d records answered with 2xx, %d delivered, %d of them twice; %d kills, %d requests"
            + " repeated%n",
        answered.size(),
        delivered.size(),
        delivered.size() - new HashSet<>(delivered).size(),
        KILLS,
        refused.get());
    assertThat(new HashSet<>(delivered)).as(forebay.printed()).containsAll(answered);
    assertThat(refused).hasPositiveValue();
    assertThat(Files.readString(folder.resolve("rejected.jsonl"))).isEmpty();
  }
}
