package io.forebay.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;

/** Asks a dashboard for its status. */
public final class StatusClient implements AutoCloseable {
  private static final int MOST_BYTES = 16 << 20;

  private final DashboardClient client;

  /**
   * A client of the dashboard at this address.
   *
   * @param address {@code http://host:port/}, {@code host:port} or a port of this machine
   * @throws io.forebay.errors.ConfigurationException if it is none
   */
  public StatusClient(String address, Optional<String> token) {
    client = new DashboardClient(address, token);
  }

  /**
   * The status, as its JSON has it: maps, lists, texts, doubles and booleans.
   *
   * @throws io.forebay.errors.ConfigurationException in one sentence, if there is none
   */
  public Map<?, ?> status() throws InterruptedException {
    try {
      HttpResponse<InputStream> answer = client.get("status");
      try (InputStream body = answer.body()) {
        byte[] bytes = body.readNBytes(MOST_BYTES);
        return switch (answer.statusCode()) {
          case 200 -> read(bytes);
          case 503 -> throw client.isStarting();
          default -> throw client.isNone("it answers " + answer.statusCode());
        };
      }
    } catch (IOException e) {
      throw client.isAway(e);
    }
  }

  private Map<?, ?> read(byte[] bytes) {
    if (JsonDocument.read(bytes).orElseThrow(() -> client.isNone("what it tells is no JSON"))
            instanceof Map<?, ?> status
        && status.get("recent") instanceof Map<?, ?>) {
      return status;
    }
    throw client.isNone("what it tells is no status");
  }

  @Override
  public void close() {
    client.close();
  }
}
