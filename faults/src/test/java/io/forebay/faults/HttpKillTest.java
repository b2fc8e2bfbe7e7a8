package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

  @TempDir Path folder;

  private final Set<Long> answered = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean stopping;

  @Test
  void everything_answered_with_2xx_is_delivered_when_the_engine_is_killed() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
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
    URI ingest = URI.create("http://127.0.0.1:" + port + "/ingest");
    Process engine = forebay.start("run", "pipeline.yaml", "--no-progress");
    List<Thread> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        long first = i * 1_000_000_000L;
        clients.add(Thread.ofVirtual().start(() -> send(ingest, first)));
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
    List<Long> delivered = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("out.jsonl"))) {
      Matcher id = ID.matcher(line);
      assertThat(id.find()).as(line).isTrue();
      delivered.add(Long.valueOf(id.group(1)));
    }
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

  /** Sends batches one after the other, each until it is answered with 2xx. */
  private void send(URI ingest, long first) {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (long id = first; !stopping; id += RECORDS) {
        StringBuilder body = new StringBuilder();
        for (long i = id; i < id + RECORDS; i++) {
          body.append("{\"id\":").append(i).append(",\"value\":").append(i % 100).append("}\n");
        }
        HttpRequest request =
            HttpRequest.newBuilder(ingest)
                .timeout(PATIENCE)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        while (!stopping && !isTaken(client, request)) {
          refused.incrementAndGet();
        }
        if (!stopping) {
          for (long i = id; i < id + RECORDS; i++) {
            answered.add(i);
          }
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isTaken(HttpClient client, HttpRequest request)
      throws InterruptedException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() / 100 == 2;
    } catch (IOException e) {
      // Killed, or not there yet.
      Awaitility.await().pollDelay(Duration.ofMillis(20)).until(() -> true);
      return false;
    }
  }
}
