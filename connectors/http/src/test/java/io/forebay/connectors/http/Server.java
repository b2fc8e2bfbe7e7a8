package io.forebay.connectors.http;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.net.Access;
import io.forebay.connectors.net.AccessToken;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.testkit.LiveSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An HTTP source that runs, and a client for it. */
final class Server implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  static final Schema READING =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));

  final HttpSource source;
  final LiveSource live;
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Server(HttpSettings settings) {
    source = new HttpSource(settings);
    live = LiveSource.start(source);
  }

  static HttpSettings settings() {
    HttpSettings usual = HttpSettings.of(new ListenAddress("127.0.0.1", 0), READING);
    // Deadlines that a loaded machine does not miss.
    return new HttpSettings(
        usual.address(),
        Access.OPEN,
        "/ingest",
        READING,
        limits(Duration.ofSeconds(60), Duration.ofSeconds(60)),
        1,
        InstantSource.fixed(NOW));
  }

  static HttpLimits limits(Duration bodyDeadline, Duration answerDeadline) {
    HttpLimits usual = HttpLimits.DEFAULT;
    return new HttpLimits(
        usual.bodyBytes(),
        usual.inflatedBytes(),
        usual.ratio(),
        Duration.ofSeconds(60),
        bodyDeadline,
        answerDeadline,
        usual.connections(),
        usual.bufferedBytes());
  }

  static Access token(String secret) {
    return new Access(Optional.empty(), Optional.of(AccessToken.of(secret)));
  }

  int port() throws Exception {
    return source.port().get(60, TimeUnit.SECONDS);
  }

  HttpRequest.Builder request(String path) throws Exception {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(PATIENCE.multipliedBy(2));
  }

  HttpResponse<String> post(String path, String body) throws Exception {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  HttpResponse<String> post(String path, byte[] body, String... headers) throws Exception {
    HttpRequest.Builder request = request(path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> later(String path, String body) throws Exception {
    return client.sendAsync(
        request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  static String json(String sensor, long time) {
    return "{\"sensorId\":\"" + sensor + "\",\"timestamp\":" + time + ",\"value\":" + time + ".5}";
  }

  @Override
  public void close() throws IOException {
    live.close();
    client.shutdownNow();
  }
}
