package io.forebay.connectors.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

/**
 * Takes points as InfluxDB does: a point of the same series and time replaces the one before.
 * Checks each request. Its port stays the same while it is away.
 */
final class FakeInflux implements AutoCloseable {
  final AtomicInteger requests = new AtomicInteger();
  final AtomicInteger points = new AtomicInteger();

  /** What requests ask for, and their headers that matter. */
  final List<String> asked = new ArrayList<>();

  /** Series and time of each point, to its fields. */
  private final Map<String, String> stored = new TreeMap<>();

  private HttpServer server;
  private final int port;

  /** What it answers; 204 stores. */
  volatile int status = 204;

  /** Whether it stores and then forgets to answer. */
  volatile boolean losesAnswer;

  FakeInflux() throws IOException {
    server = listen(0);
    port = server.getAddress().getPort();
  }

  private HttpServer listen(int at) throws IOException {
    HttpServer listening =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
    listening.createContext("/", this::handle);
    listening.start();
    return listening;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  synchronized Map<String, String> stored() {
    return new TreeMap<>(stored);
  }

  void goAway() {
    server.stop(0);
  }

  void comeBack() throws IOException {
    server = listen(port);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.incrementAndGet();
      boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      String body;
      try (InputStream in =
          gzip ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
        body = new String(in.readAllBytes(), UTF_8);
      }
      synchronized (this) {
        asked.add(
            exchange.getRequestMethod()
                + " "
                + exchange.getRequestURI()
                + (gzip ? " gzip " : " plain ")
                + exchange.getRequestHeaders().getFirst("Authorization"));
        if (status == 204) {
          store(body);
        }
      }
      if (losesAnswer) {
        return;
      }
      byte[] answer = status == 204 ? new byte[0] : "{\"error\":\"as told\"}".getBytes(UTF_8);
      exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  /** Lines without newlines in texts and without escaped spaces. */
  private void store(String body) {
    for (String line : body.split("\n", -1)) {
      if (!line.isEmpty()) {
        int fields = line.indexOf(' ');
        int time = line.lastIndexOf(' ');
        if (fields < 0 || time <= fields) {
          throw new IllegalStateException("no point: " + line);
        }
        stored.put(line.substring(0, fields) + line.substring(time), line.substring(fields, time));
        points.incrementAndGet();
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
