package io.forebay.cli;

import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Asks a dashboard for its status. */
final class StatusClient implements AutoCloseable {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 16 << 20;

  private final URI url;
  private final Optional<String> token;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  /**
   * A client of the dashboard at this address.
   *
   * @param address {@code http://host:port/}, {@code host:port} or a port of this machine
   * @throws ConfigurationException if it is none
   */
  StatusClient(String address, Optional<String> token) {
    this.token = token;
    String full =
        address.matches("[0-9]+")
            ? "http://127.0.0.1:" + address
            : address.contains("://") ? address : "http://" + address;
    try {
      url = URI.create(full.endsWith("/") ? full : full + "/").resolve("status");
      HttpRequest.newBuilder(url);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "'" + address + "' is no address of a dashboard: write it as http://127.0.0.1:9464/", e);
    }
  }

  /**
   * The status, as its JSON has it: maps, lists, texts, doubles and booleans.
   *
   * @throws ConfigurationException in one sentence, if there is none
   */
  Map<?, ?> status() throws InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(PATIENCE);
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    try {
      HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        byte[] bytes = body.readNBytes(MOST_BYTES);
        return switch (answer.statusCode()) {
          case 200 -> read(bytes);
          case 401 ->
              throw new ConfigurationException(
                  "the dashboard at " + url + " wants its token: set FOREBAY_DASHBOARD_TOKEN");
          case 503 ->
              throw new ConfigurationException(
                  "the pipeline at " + url + " is starting: try again in a moment");
          default -> throw isNone("it answers " + answer.statusCode());
        };
      }
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new ConfigurationException(
          "no pipeline shows itself at "
              + url
              + " ("
              + why
              + "): start one with --dashboard, and name its address",
          e);
    }
  }

  private Map<?, ?> read(byte[] bytes) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      parser.nextToken();
      if (value(parser) instanceof Map<?, ?> status && status.get("recent") instanceof Map<?, ?>) {
        return status;
      }
      throw isNone("what it tells is no status");
    } catch (JacksonException e) {
      throw isNone("what it tells is no JSON");
    }
  }

  private ConfigurationException isNone(String why) {
    return new ConfigurationException(
        "what is at "
            + url
            + " is no dashboard of Forebay ("
            + why
            + "): name the address that"
            + " forebay run --dashboard has printed");
  }

  private static Object value(JsonParser parser) {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          parser.nextToken();
          map.put(key, value(parser));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> parser.getString();
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
