package io.forebay.connectors.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.connectors.net.ListenAddress;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.LiveSource;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class HttpSourceTest {
  private static byte[] gzip(byte[] bytes) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static List<Object> times(Server server) {
    return server.live.rows().stream().map(row -> row.values().get(1)).toList();
  }

  @Test
  void takes_an_object_an_array_lines_and_csv() throws Exception {
    try (Server server = new Server(Server.settings())) {
      List<HttpResponse<String>> answers =
          List.of(
              server.post("/ingest", Server.json("a", 1)),
              server.post(
                  "/ingest",
                  ("[" + Server.json("a", 2) + ",\n" + Server.json("a", 3) + "]").getBytes(UTF_8),
                  "Content-Type",
                  "application/json; charset=utf-8"),
              server.post(
                  "/ingest",
                  (Server.json("a", 4) + "\n" + Server.json("a", 5) + "\n").getBytes(UTF_8),
                  "Content-Type",
                  "application/x-ndjson"),
              // Lines that are called JSON.
              server.post("/ingest", Server.json("a", 6) + "\n" + Server.json("a", 7)),
              server.post(
                  "/ingest",
                  "sensorId,timestamp,value\na,8,1.5\na,9,2\n".getBytes(UTF_8),
                  "Content-Type",
                  "text/csv"),
              server.post("/ingest", " \n"));
      assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(200);
      assertThat(answers)
          .extracting(HttpResponse::body)
          .containsExactly(
              "{\"taken\":1}",
              "{\"taken\":2}",
              "{\"taken\":2}",
              "{\"taken\":2}",
              "{\"taken\":2}",
              "{\"taken\":0}");
      assertThat(times(server)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }
  }

  @Test
  void answers_only_when_the_records_are_acknowledged() throws Exception {
    try (Server server = new Server(Server.settings())) {
      server.live.acknowledge(false);
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        answers.add(server.later("/ingest", Server.json("a", i)));
      }
      // One that has only bad records waits for its dead letters, too.
      answers.add(server.later("/ingest", "nonsense"));
      await().atMost(Server.PATIENCE).until(() -> server.live.count() == 11);
      assertThat(answers).noneMatch(CompletableFuture::isDone);
      server.live.acknowledge(true);
      for (int i = 0; i < 11; i++) {
        assertThat(answers.get(i).get().statusCode()).isEqualTo(i < 10 ? 200 : 400);
      }
    }
  }

  @Test
  void says_which_records_are_bad_and_takes_the_others() throws Exception {
    try (Server server = new Server(Server.settings())) {
      HttpResponse<String> lines =
          server.post(
              "/ingest",
              (Server.json("a", 1) + "\n\n{\"sensorId\":7}\n" + Server.json("a", 2) + "\nnope\n")
                  .getBytes(UTF_8),
              "Content-Type",
              "application/x-ndjson");
      assertThat(lines.statusCode()).isEqualTo(400);
      assertThat(lines.body())
          .contains("\"taken\":2", "\"rejected\":2", "\"at\":\"line 3\"", "\"at\":\"line 5\"")
          .contains("2 of 4 records were taken, the others are in dead letter");
      HttpResponse<String> array =
          server.post("/ingest", "[" + Server.json("a", 3) + ",{\"x\":1},[],null]");
      assertThat(array.statusCode()).isEqualTo(400);
      assertThat(array.body()).contains("\"taken\":1", "\"rejected\":3", "\"at\":\"record 2\"");
      assertThat(times(server)).containsExactlyInAnyOrder(1L, 2L, 3L);
      assertThat(server.live.bad()).hasSize(5);
      assertThat(server.live.bad())
          .extracting(LiveSource.Bad::reason)
          .anyMatch(reason -> reason.startsWith("line 3 of the request: "));
    }
  }

  @Test
  void refuses_bodies_that_are_too_large_before_anything_is_taken() throws Exception {
    try (Server server = new Server(Server.settings())) {
      byte[] large = new byte[(1 << 20) + 1];
      assertThat(server.post("/ingest", large).statusCode()).isEqualTo(413);
      HttpResponse<String> chunked =
          server.send(
              server
                  .request("/ingest")
                  .POST(HttpRequest.BodyPublishers.ofByteArrays(List.of(large, large))));
      assertThat(chunked.statusCode()).isEqualTo(413);
      HttpResponse<String> waiting =
          server.send(
              server
                  .request("/ingest")
                  .expectContinue(true)
                  .POST(HttpRequest.BodyPublishers.ofByteArray(large)));
      assertThat(waiting.statusCode()).isEqualTo(413);
      assertThat(server.live.count()).isZero();
      // The largest that fits.
      byte[] fits = (" ".repeat((1 << 20) - 100) + Server.json("a", 1)).getBytes(UTF_8);
      assertThat(server.post("/ingest", fits).statusCode()).isEqualTo(200);
      HttpResponse<String> continued =
          server.send(
              server
                  .request("/ingest")
                  .expectContinue(true)
                  .POST(HttpRequest.BodyPublishers.ofString(Server.json("a", 2))));
      assertThat(continued.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void inflates_gzip_within_its_limits() throws Exception {
    try (Server server = new Server(Server.settings())) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 20_000; i++) {
        lines.append(Server.json("a", i)).append('\n');
      }
      byte[] body = gzip(lines.toString().getBytes(UTF_8));
      String[] headers = {"Content-Encoding", "gzip", "Content-Type", "application/x-ndjson"};
      assertThat(server.post("/ingest", body, headers).body()).isEqualTo("{\"taken\":20000}");
      server.live.forgetRows();
      HttpResponse<String> bomb = server.post("/ingest", gzip(new byte[64 << 20]), headers);
      assertThat(bomb.statusCode()).isEqualTo(413);
      HttpResponse<String> cut =
          server.post("/ingest", java.util.Arrays.copyOf(body, body.length / 2), headers);
      assertThat(cut.statusCode()).isEqualTo(400);
      assertThat(cut.body()).contains("no complete gzip", "nothing was taken");
      HttpResponse<String> none = server.post("/ingest", "plain".getBytes(UTF_8), headers);
      assertThat(none.statusCode()).isEqualTo(400);
      assertThat(server.post("/ingest", body, "Content-Encoding", "br").statusCode())
          .isEqualTo(415);
      assertThat(server.live.count()).isEqualTo(20_000);
    }
  }

  @Test
  void answers_503_when_records_are_not_delivered_in_time_and_recovers() throws Exception {
    HttpSettings settings =
        Server.settings().limits(Server.limits(Server.PATIENCE, Duration.ofMillis(300)));
    try (Server server = new Server(settings)) {
      server.live.acknowledge(false);
      // One for each partition.
      for (int i = 0; i < 2; i++) {
        HttpResponse<String> late = server.post("/ingest", Server.json("late", i));
        assertThat(late.statusCode()).isEqualTo(503);
        assertThat(late.headers().firstValue("Retry-After")).isPresent();
      }
      // From now on nothing is taken that would only be delivered twice.
      HttpResponse<String> early = server.post("/ingest", Server.json("early", 1));
      assertThat(early.statusCode()).isEqualTo(503);
      assertThat(early.body()).contains("earlier records are not yet delivered");
      assertThat(server.live.count()).isEqualTo(2);
      server.live.acknowledge(true);
      assertThat(server.post("/ingest", Server.json("again", 1)).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void answers_503_when_the_engine_has_no_room_and_takes_nothing_afterwards() throws Exception {
    HttpSettings settings =
        Server.settings().limits(Server.limits(Server.PATIENCE, Duration.ofMillis(300)));
    try (Server server = new Server(settings)) {
      server.live.room(false);
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(
            server.later("/ingest", Server.json("a", i) + "\n" + Server.json("b", i) + "\n"));
      }
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        assertThat(answer.get().statusCode()).isEqualTo(503);
      }
      server.live.room(true);
      await()
          .atMost(Server.PATIENCE)
          .until(() -> server.post("/ingest", Server.json("now", 1)).statusCode() == 200);
      // A record of each partition was on its way; nothing else of those requests was taken.
      assertThat(server.live.rows())
          .filteredOn(row -> !row.values().get(0).equals("now"))
          .hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void wants_the_token_in_any_of_its_forms() throws Exception {
    try (Server server = new Server(Server.settings().access(Server.token("s3cret-token")))) {
      String body = Server.json("a", 1);
      String basic =
          "Basic "
              + java.util.Base64.getEncoder().encodeToString("user:s3cret-token".getBytes(UTF_8));
      for (String right :
          List.of("Bearer s3cret-token", "Token s3cret-token", "Token user:s3cret-token", basic)) {
        assertThat(
                server.post("/ingest", body.getBytes(UTF_8), "Authorization", right).statusCode())
            .as(right)
            .isEqualTo(200);
      }
      assertThat(server.post("/ingest?u=user&p=s3cret-token", body).statusCode()).isEqualTo(200);
      for (String wrong :
          List.of("Bearer s3cret-tokem", "Bearer", "s3cret-token", "Basic !!", "")) {
        HttpResponse<String> refused =
            server.post("/ingest", body.getBytes(UTF_8), "Authorization", wrong);
        assertThat(refused.statusCode()).as(wrong).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
      }
      assertThat(server.post("/ingest", body).statusCode()).isEqualTo(401);
      assertThat(server.post("/write", "m v=1").statusCode()).isEqualTo(401);
      assertThat(server.live.count()).isEqualTo(5);
      // Who only wants to know whether somebody is there.
      assertThat(server.send(server.request("/ping")).statusCode()).isEqualTo(204);
      assertThat(server.send(server.request("/health")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void says_what_is_wrong_with_a_request() throws Exception {
    try (Server server = new Server(Server.settings())) {
      assertThat(server.post("/nowhere", "{}").statusCode()).isEqualTo(404);
      HttpResponse<String> get = server.send(server.request("/ingest"));
      assertThat(get.statusCode()).isEqualTo(405);
      assertThat(get.headers().firstValue("Allow")).contains("POST");
      assertThat(
              server
                  .post("/ingest", "<a/>".getBytes(UTF_8), "Content-Type", "text/xml")
                  .statusCode())
          .isEqualTo(415);
      assertThat(server.live.count()).isZero();
    }
  }

  @Test
  void is_not_starved_by_fifty_slow_bodies() throws Exception {
    HttpSettings settings =
        Server.settings().limits(Server.limits(Duration.ofMillis(1_500), Server.PATIENCE));
    try (Server server = new Server(settings)) {
      List<Socket> slow = new ArrayList<>();
      try {
        for (int i = 0; i < 50; i++) {
          Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
          slow.add(socket);
          socket
              .getOutputStream()
              .write(
                  "POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
                      .getBytes(UTF_8));
        }
        for (int i = 0; i < 50; i++) {
          assertThat(server.post("/ingest", Server.json("a", i)).statusCode()).isEqualTo(200);
        }
        for (Socket socket : slow) {
          String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
          assertThat(answer).startsWith("HTTP/1.1 408 ");
        }
      } finally {
        for (Socket socket : slow) {
          socket.close();
        }
      }
      assertThat(server.live.count()).isEqualTo(50);
    }
  }

  @Test
  void closes_connections_that_send_no_header_and_those_beyond_the_limit() throws Exception {
    HttpLimits usual = HttpLimits.DEFAULT;
    HttpSettings settings =
        Server.settings()
            .limits(
                new HttpLimits(
                    usual.bodyBytes(),
                    usual.inflatedBytes(),
                    usual.ratio(),
                    Duration.ofMillis(700),
                    Server.PATIENCE,
                    Server.PATIENCE,
                    2,
                    usual.bufferedBytes()));
    try (Server server = new Server(settings)) {
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.getOutputStream().write("POST /ingest HTT".getBytes(UTF_8));
        silent.add(socket);
      }
      await().atMost(Server.PATIENCE).until(() -> server.source.connections() == 3);
      try (Socket fourth = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        String body = Server.json("a", 1);
        fourth
            .getOutputStream()
            .write(
                ("POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body)
                    .getBytes(UTF_8));
        assertThat(new String(fourth.getInputStream().readAllBytes(), UTF_8))
            .startsWith("HTTP/1.1 503 ")
            .contains("Retry-After");
      }
      for (Socket socket : silent) {
        assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        socket.close();
      }
      await().atMost(Server.PATIENCE).until(() -> server.source.connections() == 0);
      assertThat(server.post("/ingest", Server.json("a", 2)).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void answers_what_was_taken_when_it_is_asked_to_stop() throws Exception {
    try (Server server = new Server(Server.settings())) {
      server.live.acknowledge(false);
      CompletableFuture<HttpResponse<String>> taken =
          server.later("/ingest", Server.json("taken", 1));
      await().atMost(Server.PATIENCE).until(() -> server.live.count() == 1);
      server.live.stop();
      await().atMost(Server.PATIENCE).until(() -> server.live.end().isDone());
      // The engine commits what it has while it drains.
      server.live.acknowledge(true);
      assertThat(taken.get().statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> server.post("/ingest", Server.json("new", 1)))
          .isInstanceOf(java.io.IOException.class);
    }
  }

  @Test
  void answers_503_to_what_is_not_delivered_when_it_is_closed() throws Exception {
    Server server = new Server(Server.settings());
    CompletableFuture<HttpResponse<String>> answer;
    try (server) {
      server.live.acknowledge(false);
      answer = server.later("/ingest", Server.json("a", 1));
      await().atMost(Server.PATIENCE).until(() -> server.live.count() == 1);
      server.live.close();
      assertThat(answer.get().statusCode()).isEqualTo(503);
    }
  }

  @Test
  void refuses_to_listen_where_others_reach_it_without_tls_and_token() {
    HttpSettings settings = HttpSettings.of(new ListenAddress("0.0.0.0", 0), Server.READING);
    assertThatThrownBy(() -> new HttpSource(settings))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "without TLS and a token: add what is missing, or listen on 127.0.0.1");
  }
}
