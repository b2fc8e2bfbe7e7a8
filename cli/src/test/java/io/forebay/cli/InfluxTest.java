package io.forebay.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forebay.testkit.Seed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code forebay run} in a process of its own, writing to a server that refuses some points. */
final class InfluxTest {
  private static final int LINES = 3_000;

  @TempDir private Path folder;

  /** Takes points as InfluxDB 2 does whose field {@code value} is a number; busy twice. */
  private static final class Server implements AutoCloseable {
    private final HttpServer http;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile boolean busy;
    private volatile boolean takesNothing;
    private volatile boolean takesAll;
    private final Set<String> stored = ConcurrentHashMap.newKeySet();

    Server() throws IOException {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      http.createContext("/api/v2/write", this::write);
      http.start();
    }

    private void write(HttpExchange exchange) throws IOException {
      try (exchange) {
        String body =
            new String(new GZIPInputStream(exchange.getRequestBody()).readAllBytes(), UTF_8);
        int request = requests.incrementAndGet();
        if (busy || request == 1 || request == 9) {
          exchange.sendResponseHeaders(503, -1);
          return;
        }
        if (takesNothing) {
          byte[] answer = "{\"code\":\"invalid\",\"message\":\"no such bucket b\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(400, answer.length);
          exchange.getResponseBody().write(answer);
          return;
        }
        int dropped = 0;
        for (String line : body.split("\n", -1)) {
          if (line.contains("value=\"") && !takesAll) {
            dropped++;
          } else if (!line.isEmpty()) {
            stored.add(line);
          }
        }
        byte[] answer =
            ("{\"code\":\"unprocessable entity\",\"message\":\"failure writing points to database:"
                    + " partial write: field type conflict dropped="
                    + dropped
                    + "\"}")
                .getBytes(UTF_8);
        exchange.sendResponseHeaders(dropped == 0 ? 204 : 422, dropped == 0 ? -1 : answer.length);
        if (dropped > 0) {
          exchange.getResponseBody().write(answer);
        }
      }
    }

    @Override
    public void close() {
      http.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "spool, spool: { path: spool }"})
  void keeps_refused_records_in_dead_letter_and_delivers_all_others(String whenSlow)
      throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= LINES; i++) {
      String value = i % 300 == 0 ? "\"broken\"" : "20.5";
      lines.append("{\"sensorId\":\"s\",\"timestamp\":%d,\"value\":%s}\n".formatted(i, value));
    }
    Files.writeString(folder.resolve("in.jsonl"), lines);
    try (Server server = new Server()) {
      Files.writeString(
          folder.resolve("plant.yaml"),
          """
          name: plant
          sources:
            - { name: in, type: file, path: in.jsonl, fields: { sensorId: string, timestamp: timestamp-ms } }
          sinks:
            - { type: influxdb, name: influx, url: "http://127.0.0.1:%d", org: o, bucket: b, measurement: m, whenSlow: %s }
            - { type: jsonl, path: out.jsonl }
          deadLetter: { path: rejected.jsonl }
          """
              .formatted(server.http.getAddress().getPort(), whenSlow));

      Forebay.Result result =
          Forebay.run(folder, "run", "plant.yaml", "--no-progress", "--summary", "summary.json");

      assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
      assertThat(server.stored).hasSize(LINES - LINES / 300);
      checkRefused();

      server.takesAll = true;
      replay("rejected.jsonl");

      assertThat(server.stored).hasSize(LINES);
      assertThat(folder.resolve("out.jsonl")).content().hasLineCount(LINES);
      assertThat(folder.resolve("rejected.again.jsonl")).content().isEmpty();

      replay("rejected.jsonl");
      assertThat(folder.resolve("out.jsonl")).content().as("a second time").hasLineCount(LINES);

      // As an earlier version wrote it.
      String letter = Files.readAllLines(folder.resolve("rejected.jsonl")).getFirst();
      Files.writeString(folder.resolve("old.jsonl"), letter.replace("\"sink\":\"influx\",", ""));
      replay("old.jsonl");
      assertThat(folder.resolve("out.jsonl")).content().hasLineCount(LINES + 1);

      Files.writeString(folder.resolve("other.jsonl"), letter.replace("\"influx\"", "\"db\""));
      Forebay.Result unknown = Forebay.run(folder, "replay", "other.jsonl", "--no-progress");
      assertThat(unknown.exitCode()).isEqualTo(2);
      assertThat(unknown.err())
          .contains("are for the sink 'db', which the pipeline 'plant' does not have");
    }
  }

  private void replay(String letters) throws Exception {
    Forebay.Result result = Forebay.run(folder, "replay", letters, "--no-progress");
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
  }

  private void checkRefused() throws IOException {
    JsonNode records =
        JsonMapper.shared().readTree(folder.resolve("summary.json").toFile()).get("records");
    assertThat(records.get("read").asInt()).isEqualTo(LINES);
    assertThat(records.get("delivered").asInt()).isEqualTo(LINES - LINES / 300);
    assertThat(records.get("deadLettered").asInt()).isEqualTo(LINES / 300);
    assertThat(folder.resolve("out.jsonl")).content().hasLineCount(LINES);
    List<Integer> refused = new ArrayList<>();
    for (String letter : Files.readAllLines(folder.resolve("rejected.jsonl"))) {
      JsonNode node = JsonMapper.shared().readTree(letter);
      refused.add(node.get("record").get("timestamp").asInt());
      assertThat(node.get("stage").asString()).isEqualTo("influx");
      assertThat(node.get("sink").asString()).isEqualTo("influx");
      assertThat(node.get("reason").asString()).contains("422").contains("field type conflict");
      assertThat(node.get("detail").asString()).startsWith("m,sensorId=s value=\"broken\" ");
    }
    assertThat(refused)
        .isEqualTo(IntStream.rangeClosed(1, LINES / 300).mapToObj(i -> 300 * i).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "spool, spool: { path: spool }"})
  void ends_the_run_and_goes_on_later_when_the_store_takes_nothing(String whenSlow)
      throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 2 * LINES; i++) {
      lines.append("{\"sensorId\":\"s\",\"timestamp\":%d,\"value\":20.5}\n".formatted(i));
    }
    Files.writeString(folder.resolve("in.jsonl"), lines);
    try (Server server = new Server()) {
      server.takesNothing = true;
      Files.writeString(
          folder.resolve("plant.yaml"),
          """
          name: plant
          sources:
            - { name: in, type: file, path: in.jsonl, fields: { sensorId: string, timestamp: timestamp-ms } }
          sinks:
            - { type: influxdb, name: influx, url: "http://127.0.0.1:%d", org: o, bucket: b, measurement: m, whenSlow: %s }
          deadLetter: { path: rejected.jsonl }
          """
              .formatted(server.http.getAddress().getPort(), whenSlow));

      Forebay.Result refused = Forebay.run(folder, "run", "plant.yaml", "--no-progress");

      assertThat(refused.exitCode()).as(refused.out() + refused.err()).isEqualTo(1);
      assertThat(refused.err())
          .contains("its store has refused every one of the last ")
          .contains("with 400 (no such bucket b)")
          .contains("look whether the sink writes to the right place")
          .doesNotContain("\tat ");
      int letters = Files.readAllLines(folder.resolve("rejected.jsonl")).size();
      assertThat(letters).as("what was written before it was so many").isLessThan(1_000);

      server.takesNothing = false;
      Forebay.Result mended = Forebay.run(folder, "run", "plant.yaml", "--no-progress");

      assertThat(mended.exitCode()).as(mended.out() + mended.err()).isZero();
      // What had been written behind the last commit was cut off, and given to the store. What was
      // committed before the sink was, is a dead letter, and given to the store once more.
      Set<Integer> kept = deadLettered();
      assertThat(kept).hasSizeLessThanOrEqualTo(letters);
      Set<Integer> missing =
          IntStream.rangeClosed(1, 2 * LINES).boxed().collect(toCollection(TreeSet::new));
      server.stored.forEach(line -> missing.remove(milliseconds(line)));
      assertThat(kept).as("neither stored nor kept").containsAll(missing);
    }
  }

  private Set<Integer> deadLettered() throws IOException {
    Set<Integer> timestamps = new TreeSet<>();
    for (String letter : Files.readAllLines(folder.resolve("rejected.jsonl"))) {
      timestamps.add(JsonMapper.shared().readTree(letter).get("record").get("timestamp").asInt());
    }
    return timestamps;
  }

  private static int milliseconds(String line) {
    return (int) (Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)) / 1_000_000);
  }

  @Test
  void loses_no_refused_record_behind_a_spool_when_it_is_killed() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 20 * LINES; i++) {
      String value = i % 400 == 0 ? "\"broken\"" : "20.5";
      lines.append("{\"sensorId\":\"s\",\"timestamp\":%d,\"value\":%s}\n".formatted(i, value));
    }
    Files.writeString(folder.resolve("in.jsonl"), lines);
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    try (Server server = new Server()) {
      Files.writeString(
          folder.resolve("plant.yaml"),
          """
          name: plant
          sources:
            - { name: in, type: file, path: in.jsonl, fields: { sensorId: string, timestamp: timestamp-ms } }
          sinks:
            - { type: influxdb, name: influx, url: "http://127.0.0.1:%d", org: o, bucket: b, measurement: m, batch: 1000, whenSlow: spool, spool: { path: spool } }
          deadLetter: { path: rejected.jsonl }
          """
              .formatted(server.http.getAddress().getPort()));
      int halfway = 0;
      for (int kill = 0; kill < 6; kill++) {
        int before = server.requests.get();
        try (Forebay killed = Forebay.start(folder, "run", "plant.yaml", "--no-progress")) {
          int requests = 1 + random.nextInt(60);
          await()
              .atMost(Duration.ofMinutes(1))
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofMillis(2))
              .until(() -> !killed.isAlive() || server.requests.get() > before + requests);
          halfway += killed.isAlive() ? 1 : 0;
          killed.killAfter(0);
        }
      }
      assertThat(halfway).as("kills halfway").isPositive();

      Forebay.Result result = Forebay.run(folder, "run", "plant.yaml", "--no-progress");

      assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
      assertThat(server.stored).hasSize(20 * LINES - 20 * LINES / 400);
    }
    Set<Integer> refused = deadLettered();
    assertThat(refused)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 20 * LINES / 400).mapToObj(i -> 400 * i).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "spool"})
  void says_once_that_a_store_is_away_and_once_that_it_is_back_without_progress(String whenSlow)
      throws Exception {
    Files.writeString(folder.resolve("in.jsonl"), "{\"timestamp\":1,\"value\":2.5}\n".repeat(50));
    try (Server server = new Server()) {
      server.busy = true;
      Files.writeString(
          folder.resolve("plant.yaml"),
          """
          name: plant
          sources:
            - { name: in, type: file, path: in.jsonl, fields: { timestamp: timestamp-ms, value: float64 } }
          sinks:
            - { type: influxdb, name: db, url: "http://127.0.0.1:%d", org: o, bucket: b, measurement: m, whenSlow: %s }
          deadLetter: { path: rejected.jsonl }
          """
              .formatted(
                  server.http.getAddress().getPort(),
                  whenSlow.equals("spool") ? "spool, spool: { path: spool }" : whenSlow));

      try (Forebay forebay = Forebay.start(folder, "run", "plant.yaml", "--no-progress")) {
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> forebay.err().contains("is away") && server.requests.get() > 3);
        assertThat(forebay.err()).contains("answered 503").doesNotContain("is back");
        server.busy = false;
        Forebay.Result result = forebay.await();

        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        assertThat(result.err()).containsOnlyOnce("is away").containsOnlyOnce("is back");
        if (whenSlow.equals("block")) {
          assertThat(result.err().lines())
              .hasSize(2)
              .first()
              .asString()
              .startsWith("forebay: sink 'db' is away (")
              .endsWith("): it is tried again, and what is read waits for it");
        }
      }
      assertThat(server.stored).isNotEmpty();
    }
  }
}
