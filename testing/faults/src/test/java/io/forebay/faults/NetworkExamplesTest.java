package io.forebay.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The examples that listen, through the command line. */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class NetworkExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "..", "examples").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;

  private Process start(CommandLine forebay, String example, String... overrides)
      throws IOException {
    Files.copy(EXAMPLES.resolve(example), folder.resolve(example));
    Files.writeString(folder.resolve("token"), "influx-token");
    List<String> arguments = new java.util.ArrayList<>(List.of("run", example, "--no-progress"));
    for (String override : overrides) {
      arguments.add("--set");
      arguments.add(override);
    }
    return forebay.start(arguments.toArray(String[]::new));
  }

  @Test
  void takes_a_reading_over_http_and_ends_when_terminated() throws Exception {
    int port = CommandLine.freePort();
    CommandLine forebay = new CommandLine(folder);
    Process process = start(forebay, "http.yaml", "sources.ingest.listen='127.0.0.1:" + port + "'");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ingest"))
              .timeout(PATIENCE)
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"sensorId\": \"hall-a\", \"timestamp\": 1767323045000, \"value\": 80}"))
              .build();
      HttpResponse<String> answer =
          Awaitility.await()
              .atMost(PATIENCE)
              .ignoreExceptionsMatching(e -> e instanceof IOException)
              .until(
                  () -> client.send(request, HttpResponse.BodyHandlers.ofString()),
                  response -> response.statusCode() == 200);
      assertThat(answer.body()).isEqualTo("{\"taken\":1}");
      assertThat(folder.resolve("out/features.jsonl"))
          .content()
          .startsWith(
              "{\"sensorId\":\"hall-a\",\"timestamp\":1767323045000,\"value\":80.0,"
                  + "\"normalized\":1.0,\"feature\":4.3944}\n");
      process.destroy();
      assertThat(process.waitFor()).as(forebay.printed()).isEqualTo(143);
      assertThat(forebay.processes()).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void writes_lines_of_tcp_and_udp_to_influxdb() throws Exception {
    List<String> bodies = new CopyOnWriteArrayList<>();
    HttpServer influx =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    influx.createContext(
        "/api/v2/write",
        exchange -> {
          try (exchange) {
            boolean known =
                "Token influx-token".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            bodies.add(
                new String(new GZIPInputStream(exchange.getRequestBody()).readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(known ? 204 : 401, -1);
          }
        });
    influx.start();
    int tcp = CommandLine.freePort();
    int udp = CommandLine.freePort();
    CommandLine forebay = new CommandLine(folder);
    Process process =
        start(
            forebay,
            "lines.yaml",
            "sources.loggers.listen='127.0.0.1:" + tcp + "'",
            "sources.probes.listen='127.0.0.1:" + udp + "'",
            "sinks.0.url='http://127.0.0.1:" + influx.getAddress().getPort() + "'",
            "sinks.0.token=${file:" + folder.resolve("token") + "}");
    try {
      Awaitility.await().atMost(PATIENCE).until(() -> send(tcp, "hall-a,1767323045000,80\n"));
      byte[] probe =
          "{\"sensorId\":\"hall-b\",\"timestamp\":1767323045001,\"value\":20}".getBytes(UTF_8);
      try (DatagramSocket socket = new DatagramSocket()) {
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> {
              // Until both listen; the same point again replaces itself.
              socket.send(
                  new DatagramPacket(probe, probe.length, InetAddress.getLoopbackAddress(), udp));
              String all = String.join("", bodies);
              return all.contains("hall-a") && all.contains("hall-b");
            });
      }
      assertThat(String.join("", bodies).lines())
          .contains(
              "reading,sensorId=hall-a value=80.0,normalized=1.0,feature=4.3944"
                  + " 1767323045000000000",
              "reading,sensorId=hall-b value=20.0,normalized=0.0,feature=0.0"
                  + " 1767323045001000000");
      process.destroy();
      assertThat(process.waitFor()).as(forebay.printed()).isEqualTo(143);
    } finally {
      process.destroyForcibly();
      influx.stop(0);
    }
  }

  private static boolean send(int port, String line) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(line.getBytes(UTF_8));
      return true;
    } catch (IOException e) {
      return false; // It does not listen yet.
    }
  }
}
