package io.forebay.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Sends records with ascending ids over HTTP, in one request after the other, each until it is
 * answered with 2xx: as a client does that wants nothing to be lost.
 *
 * @param answered is told each id that was answered with 2xx
 * @param refused is told of each request that has to be repeated
 */
record RepeatingSender(
    int port,
    long first,
    int recordsEach,
    BooleanSupplier stopping,
    LongConsumer answered,
    Runnable refused)
    implements Runnable {

  @Override
  public void run() {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (long id = first; !stopping.getAsBoolean(); id += recordsEach) {
        HttpRequest request = request(id);
        while (!stopping.getAsBoolean() && !isTaken(client, request)) {
          refused.run();
        }
        if (!stopping.getAsBoolean()) {
          for (long i = id; i < id + recordsEach; i++) {
            answered.accept(i);
          }
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private HttpRequest request(long from) {
    StringBuilder body = new StringBuilder();
    for (long i = from; i < from + recordsEach; i++) {
      body.append("{\"id\":").append(i).append(",\"value\":").append(i % 100).append("}\n");
    }
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ingest"))
        .timeout(Duration.ofSeconds(60))
        .header("Content-Type", "application/x-ndjson")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
        .build();
  }

  private static boolean isTaken(HttpClient client, HttpRequest request)
      throws InterruptedException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() / 100 == 2;
    } catch (IOException e) {
      // Killed, or not there yet.
      TimeUnit.MILLISECONDS.sleep(20);
      return false;
    }
  }
}
