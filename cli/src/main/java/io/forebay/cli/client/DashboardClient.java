package io.forebay.cli.client;

import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** Asks a dashboard; what goes wrong is one sentence. */
public final class DashboardClient implements AutoCloseable {
  /** Where the token of a protected dashboard is. */
  public static final String TOKEN = "FOREBAY_DASHBOARD_TOKEN";

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final URI url;
  private final Optional<String> token;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  /** What was asked for last. */
  private URI asked;

  /**
   * A client of the dashboard at this address.
   *
   * @param address {@code http://host:port/}, {@code host:port} or a port of this machine
   * @throws ConfigurationException if it is none
   */
  DashboardClient(String address, Optional<String> token) {
    this.token = token;
    String full =
        address.matches("[0-9]+")
            ? "http://127.0.0.1:" + address
            : address.contains("://") ? address : "http://" + address;
    try {
      url = URI.create(full.endsWith("/") ? full : full + "/");
      HttpRequest.newBuilder(url);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "'" + address + "' is no address of a dashboard: write it as http://127.0.0.1:9464/", e);
    }
    asked = url;
  }

  /**
   * What is at a path; the caller closes the body.
   *
   * @param path from the page, with its query
   * @throws ConfigurationException if nothing can be heard from there without the token
   */
  HttpResponse<InputStream> get(String path) throws IOException, InterruptedException {
    asked = url.resolve(path);
    HttpRequest.Builder request = HttpRequest.newBuilder(asked).timeout(PATIENCE);
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
    if (answer.statusCode() == 401) {
      answer.body().close();
      throw new ConfigurationException(
          "the dashboard at " + shown() + " wants its token: set " + TOKEN);
    }
    return answer;
  }

  /** Where it was asked, without a query. */
  private String shown() {
    return asked.toString().replaceFirst("\\?.*", "");
  }

  ConfigurationException isAway(IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new ConfigurationException(
        "no pipeline shows itself at "
            + shown()
            + " ("
            + why
            + "): start one with --dashboard, and name its address",
        e);
  }

  ConfigurationException isStarting() {
    return new ConfigurationException(
        "the pipeline at " + shown() + " is starting: try again in a moment");
  }

  ConfigurationException isNone(String why) {
    return new ConfigurationException(
        "what is at "
            + shown()
            + " is no dashboard of Forebay ("
            + why
            + "): name the address that forebay run --dashboard has printed");
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
