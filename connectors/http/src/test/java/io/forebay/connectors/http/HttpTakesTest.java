package io.forebay.connectors.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an HTTP source takes, and from whom: requests as they stand on the wire. */
class HttpTakesTest {
  private static final String BODY = Server.json("a", 1);

  private static Socket connect(Server server) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout((int) Server.PATIENCE.toMillis());
    return socket;
  }

  /** Sends a request and reads all that is answered until the connection is closed. */
  private static String exchange(Server server, String request) throws Exception {
    try (Socket socket = connect(server)) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private static String post(String headers, String body) {
    return "POST /ingest HTTP/1.1\r\n"
        + (headers.contains("Host:") ? "" : "Host: 127.0.0.1\r\n")
        + "Connection: close\r\n"
        + headers.replace(";", "\r\n")
        + "\r\n\r\n"
        + body;
  }

  @Test
  void refuses_the_request_when_it_says_no_length() throws Exception {
    try (Server server = new Server(Server.settings())) {
      assertThat(exchange(server, post("X-A: b", BODY)))
          .startsWith("HTTP/1.1 411")
          .contains("Content-Length");
      assertThat(exchange(server, post("X-A: b", BODY).replace("1.1\r", "1.0\r")))
          .contains(" 411 ");
      assertThat(exchange(server, post("X-A: b", BODY).replace("/ingest", "/api/v2/write")))
          .contains(" 411 ");
      String chunk = Integer.toHexString(BODY.length()) + "\r\n" + BODY + "\r\n0\r\n\r\n";
      assertThat(exchange(server, post("Transfer-Encoding: chunked", chunk)))
          .startsWith("HTTP/1.1 200");
      assertThat(exchange(server, post("Content-Length: 0", ""))).startsWith("HTTP/1.1 200");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Origin: https://evil.example;Content-Type: text/plain        | 403 | (Origin: https://evil.example)
          Origin: http://127.0.0.1:3000                                | 403 | page of elsewhere
          Origin: null                                                 | 403 | (Origin: null)
          Sec-Fetch-Site: cross-site                                   | 403 | (Sec-Fetch-Site: cross-site)
          Sec-Fetch-Site: same-site                                    | 403 | page of elsewhere
          Host: rebound.example:8086                                   | 403 | the host 'rebound.example' is not this machine
          Host: rebound.example:8086;Origin: http://rebound.example:8086 | 403 | is not this machine
          Host: localhost:8086;Origin: http://localhost:8086           | 200 | taken
          Host: [::1]:8086;Sec-Fetch-Site: none                        | 200 | taken
          Host: gateway:8086                                           | 200 | taken
          Expect: something                                            | 417 | 100-continue
          Content-Type: text/csv; charset=iso-8859-1                   | 415 | the charset 'iso-8859-1' is not taken
          Content-Type: application/json; charset=UTF-16               | 415 | UTF-8
          Content-Type: application/json; charset=\"utf-8\"            | 200 | taken
          """)
  void takes_a_request_when_no_page_of_elsewhere_has_made_a_browser_send_it(
      String headers, int status, String says) throws Exception {
    try (Server server = new Server(Server.settings())) {
      // A semicolon with a space behind it belongs to a content type.
      String lines = headers.replaceAll(";(?! )", "\r\n");
      String request =
          "POST /ingest HTTP/1.1\r\n"
              + (lines.contains("Host:") ? "" : "Host: 127.0.0.1\r\n")
              + lines
              + "\r\nConnection: close\r\nContent-Length: "
              + BODY.length()
              + "\r\n\r\n"
              + BODY;
      assertThat(exchange(server, request)).startsWith("HTTP/1.1 " + status).contains(says);
      if (status != 200) {
        assertThat(server.live.count()).isZero();
      }
    }
  }

  @Test
  void answers_when_thousands_of_requests_are_sent_without_waiting() throws Exception {
    int requests = 3_000;
    try (Server server = new Server(Server.settings());
        Socket socket = connect(server)) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < requests; i++) {
        String body = Server.json("a", i);
        all.append("POST /ingest HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ")
            .append(body.length())
            .append("\r\n\r\n")
            .append(body);
      }
      Thread sender = Thread.ofVirtual().start(() -> send(socket, all.toString()));
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; i < requests; i++) {
        assertThat(answer(in)).as("answer %d", i).startsWith("HTTP/1.1 200");
      }
      sender.join();
    }
  }

  private static void send(Socket socket, String text) {
    try {
      socket.getOutputStream().write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** One answer: its header, and its body as long as that says. */
  private static String answer(InputStream in) throws IOException {
    StringBuilder header = new StringBuilder();
    while (header.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return "closed behind: " + header;
      }
      header.append((char) next);
    }
    String length = header.toString().toLowerCase(java.util.Locale.ROOT);
    int at = length.indexOf("content-length: ");
    if (at >= 0) {
      int bytes = Integer.parseInt(length.substring(at + 16, length.indexOf('\r', at)));
      in.readNBytes(bytes);
    }
    return header.toString();
  }

  @Test
  void answers_health_when_more_connections_are_silent_than_there_may_be() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try (Server server = new Server(Server.settings())) {
      for (int i = 0; i < 600; i++) {
        silent.add(connect(server));
      }
      assertThat(exchange(server, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200");
      await()
          .atMost(Server.PATIENCE)
          .until(() -> server.source.connections() <= HttpLimits.DEFAULT.connections() + 64);
    } finally {
      for (Socket each : silent) {
        each.close();
      }
    }
  }

  @Test
  void reads_csv_by_its_header_when_a_request_has_one() throws Exception {
    try (Server server = new Server(Server.settings())) {
      String other = "\ufeffvalue,timestamp,sensorId\r\n1.5,7,a\r\nx,8,b\r\n";
      String answer =
          server.post("/ingest", other.getBytes(UTF_8), "Content-Type", "text/csv").body();
      assertThat(answer).contains("line 3: value: expected a number");
      assertThat(server.live.rows().getFirst().values().toString()).isEqualTo("[a, 7, 1.5]");
      assertThat(server.live.bad().getFirst().excerpt())
          .isEqualTo("value,timestamp,sensorId\nx,8,b");
      assertThat(
              server
                  .post(
                      "/ingest", "b,9,1".getBytes(UTF_8), "Content-Type", "text/csv; header=absent")
                  .statusCode())
          .isEqualTo(200);
      assertThat(server.post("/ingest", "b,9,1".getBytes(UTF_8), "Content-Type", "text/csv").body())
          .contains("there is no header before the row");
    }
  }

  @Test
  void reads_lines_when_they_begin_with_a_byte_order_mark() throws Exception {
    try (Server server = new Server(Server.settings())) {
      String lines = "\ufeff" + Server.json("a", 1) + "\n" + Server.json("b", 2) + "\n";
      assertThat(
              server
                  .post("/ingest", lines.getBytes(UTF_8), "Content-Type", "application/json")
                  .body())
          .isEqualTo("{\"taken\":2}");
      assertThat(server.post("/ingest", "\ufeff ").body()).isEqualTo("{\"taken\":0}");
    }
  }
}
