package io.forebay.connectors.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.testkit.Seed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Broken requests over real connections: each is answered or its connection closed. */
@Timeout(300)
final class WireFuzzTest {
  private static final int CLIENTS = 60;
  private static final Pattern STATUS = Pattern.compile("^\\S* (100|200|204|4[0-9][0-9]|50[135]) ");
  private static final Duration SOON = Duration.ofMillis(700);
  private static final List<String> SEEDS =
      List.of(
          lines(
              "POST /ingest HTTP/1.1",
              "Host: x",
              "Content-Length: 47",
              "",
              Server.json("a", 123456)),
          lines(
              "POST /write?db=x&precision=ms HTTP/1.1",
              "Host: x",
              "Content-Length: 12",
              "",
              "m value=1 12"),
          lines(
              "POST /api/v2/write HTTP/1.1",
              "Host: x",
              "Transfer-Encoding: chunked",
              "",
              "6",
              "m valu",
              "5",
              "e=1 5",
              "0",
              "",
              ""),
          lines("GET /health HTTP/1.1", "Host: x", "", ""),
          lines(
              "POST /ingest HTTP/1.1",
              "Host: x",
              "Expect: 100-continue",
              "Content-Encoding: gzip",
              "Content-Length: 5",
              "",
              "abcde"));

  private static String lines(String... lines) {
    return String.join("\r\n", lines);
  }

  @Test
  void every_request_is_answered_or_closed_and_the_next_one_taken() throws Exception {
    int inputs = Integer.getInteger("forebay.fuzz.requests", 1_200);
    long seed = Seed.of(7);
    System.out.println("fuzzing " + inputs + " requests from seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    HttpLimits usual = HttpLimits.DEFAULT;
    HttpLimits limits =
        new HttpLimits(
            usual.bodyBytes(),
            usual.inflatedBytes(),
            usual.ratio(),
            SOON,
            SOON,
            Server.PATIENCE,
            usual.connections(),
            usual.bufferedBytes());
    try (Server server = new Server(Server.settings().limits(limits));
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      server.live.forgetRows();
      int port = server.port();
      List<Future<Boolean>> exchanges = new ArrayList<>();
      for (int i = 0; i < inputs; i++) {
        byte[] request =
            BodyFuzzTest.mutate(SEEDS.get(random.nextInt(SEEDS.size())).getBytes(UTF_8), random);
        exchanges.add(clients.submit(() -> exchange(port, request)));
      }
      int answered = 0;
      for (Future<Boolean> exchange : exchanges) {
        answered += exchange.get() ? 1 : 0;
      }
      assertThat(answered).isGreaterThan(inputs / 4);
      assertThat(server.post("/ingest", Server.json("a", 1)).statusCode()).isEqualTo(200);
      assertThat(server.live.end()).isNotDone();
    }
  }

  /** Sends and waits for an answer or the end; returns whether there was an answer. */
  private static boolean exchange(int port, byte[] request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      OutputStream out = socket.getOutputStream();
      out.write(request);
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      byte[] buffer = new byte[4096];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        answer.write(buffer, 0, n);
        if (answer.toString(UTF_8).contains("\r\n\r\n")) {
          break;
        }
      }
      String text = answer.toString(UTF_8);
      // A broken name of the protocol is sent back as it came.
      assertThat(text.isEmpty() || STATUS.matcher(text).find()).as(text).isTrue();
      return !text.isEmpty();
    } catch (java.net.SocketException e) {
      return false;
    }
  }
}
