package io.forebay.connectors.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

  /** How large a body it takes. */
  volatile int mostBytes = Integer.MAX_VALUE;

  /** How it refuses points whose line holds "bad". */
  enum Refusing {
    /** As InfluxDB 2: takes nothing, and quotes each line that it cannot read. */
    QUOTES,
    /** As InfluxDB 2 in the cloud: takes nothing, and numbers the first line. */
    FIRST_LINE,
    /** As InfluxDB 3: takes the others, and numbers all lines. */
    NUMBERS,
    /** As InfluxDB 1 and 2 where a field has another type: takes the others, and counts. */
    COUNTS,
    /** As a proxy might: takes nothing, and does not say why. */
    SILENT
  }

  volatile Refusing refusing = Refusing.QUOTES;

  /** Refuses this many requests less before it answers 503 once; negative: never. */
  final AtomicInteger busyAfter = new AtomicInteger(-1);

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
      Answer answer;
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
        answer =
            body.length() > mostBytes
                ? new Answer(413, "{\"error\":\"request too large\"}")
                : status == 204 ? take(body) : new Answer(status, "{\"error\":\"as told\"}");
      }
      if (losesAnswer) {
        return;
      }
      byte[] bytes = answer.body.getBytes(UTF_8);
      exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private record Answer(int status, String body) {}

  private Answer take(String body) {
    List<String> lines = List.of(body.split("\n", -1));
    List<Integer> bad =
        IntStream.range(0, lines.size()).filter(i -> lines.get(i).contains("bad")).boxed().toList();
    if (bad.isEmpty()) {
      store(body);
      return new Answer(204, "");
    }
    if (busyAfter.getAndDecrement() == 0) {
      return new Answer(503, "busy");
    }
    if (refusing == Refusing.NUMBERS || refusing == Refusing.COUNTS) {
      store(lines.stream().filter(line -> !line.contains("bad")).collect(Collectors.joining("\n")));
    }
    return switch (refusing) {
      case QUOTES ->
          new Answer(
              400,
              json(
                  "code",
                  "invalid",
                  "message",
                  bad.stream()
                      .map(i -> "unable to parse '" + lines.get(i) + "': it's bad")
                      .collect(Collectors.joining("\n"))));
      case FIRST_LINE ->
          new Answer(
              400,
              "{\"message\":\"it's bad\",\"line\":" + (bad.getFirst() + 1) + ",\"code\":\"i\"}");
      case NUMBERS ->
          new Answer(
              400,
              bad.stream()
                  .map(i ->
                      "{\"line_number\":"
                          + (i + 1)
                          + ","
                          + json(
                                  "original_line",
                                  lines.get(i).substring(0, 20) + "…",
                                  "error_message",
                                  "it's bad")
                              .substring(1))
                  .collect(
                      Collectors.joining(
                          ",",
                          "{\"error\":\"partial write of line protocol occurred\",\"data\":[",
                          "]}")));
      case COUNTS ->
          new Answer(
              422,
              json(
                  "message", "partial write: field type conflict: it's bad dropped=" + bad.size()));
      case SILENT -> new Answer(400, "it's bad");
    };
  }

  private static String json(String... namesAndValues) {
    JsonObject object = new JsonObject();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return object.encode();
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
