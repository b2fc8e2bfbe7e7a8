package io.forebay.connectors.http;

import io.forebay.errors.RetryableException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;

/** InfluxDB's write API. Used by one thread. */
final class WriteApi implements AutoCloseable {
  private static final int MOST_SHOWN = 300;

  /** The request; fewer points may be taken, or one alone is too large. */
  private static final int TOO_LARGE = 413;

  private final InfluxSettings settings;
  private final HttpClient client;

  WriteApi(InfluxSettings settings) {
    this.settings = settings;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.timeout())
            .build();
  }

  /** The server's answer if it refuses some or all of the points. */
  record Refused(int status, String body) {}

  /**
   * Posts points.
   *
   * @return what it says if it refuses points; empty if it has taken all
   * @throws RetryableException if it is away or busy
   * @throws IOException if it would take none
   */
  Optional<Refused> write(byte[] body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.writeUri())
            .timeout(settings.timeout())
            .header("Content-Type", "text/plain; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (settings.gzip()) {
      request.header("Content-Encoding", "gzip");
    }
    String authorization = settings.target().authorization();
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    HttpResponse<String> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new RetryableException(place() + " does not answer (" + reason(e) + ")", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + place(), e);
    }
    return check(response.statusCode(), response.body());
  }

  private Optional<Refused> check(int status, String body) throws IOException {
    if (status / 100 == 2) {
      return Optional.empty();
    }
    if (status == 400 || status == 422 || status == TOO_LARGE) {
      return Optional.of(new Refused(status, body));
    }
    String sentence = place() + " answered " + status + " (" + shown(body) + ")";
    if (status == 408 || status == 429 || status / 100 == 5) {
      throw new RetryableException(sentence);
    }
    throw new IOException(
        sentence
            + switch (status) {
              case 401, 403 -> ": check the token and its rights";
              case 404 -> ": check the names of " + settings.target();
              default -> ": it takes no points there";
            });
  }

  /** Why a record is in dead letter. */
  String refuses(int status, String says) {
    return place() + " refuses the point with " + status + " (" + shown(says) + ")";
  }

  /** Why records are in dead letter of which it is not known whether all are refused. */
  String refusesSome(int points, int status, String says) {
    return place()
        + " refuses some of "
        + points
        + " points with "
        + status
        + " ("
        + shown(says)
        + "), and which ones was not found in "
        + PointDelivery.MOST_TRIES
        + " attempts: all of them are here";
  }

  private static String shown(String text) {
    String stripped = text.strip();
    return stripped.length() > MOST_SHOWN ? stripped.substring(0, MOST_SHOWN) + "…" : stripped;
  }

  private String place() {
    return settings.url().getScheme() + "://" + settings.url().getAuthority();
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
