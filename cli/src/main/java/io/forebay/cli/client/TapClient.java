package io.forebay.cli.client;

import io.forebay.errors.ConfigurationException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Listens to a tap: what it tells line by line. For one thread. */
public final class TapClient implements AutoCloseable {
  private static final int MOST_LINE_BYTES = 64 << 20;
  private static final int MOST_SENTENCE_BYTES = 64 << 10;

  /** What a tap tells. */
  public sealed interface Told {
    /** What is seen: the columns, in order. */
    record Part(String name, String kind, List<?> columns) implements Told {}

    /** A record, as JSON. */
    record Row(String json) implements Told {}

    /** A dead letter, as JSON. */
    record Letter(String json) implements Told {}

    /** How many records have passed, and at how many of them it has looked. */
    record Counts(long passed, long looked) implements Told {}

    /** Why there will be no more. */
    record End(String sentence) implements Told {}
  }

  private final DashboardClient client;
  private final InputStream lines;

  /**
   * Opens a tap.
   *
   * @param query what is asked for: part, where, rate, limit
   * @throws ConfigurationException in one sentence, if there is none
   */
  public TapClient(String address, Optional<String> token, Map<String, String> query)
      throws InterruptedException {
    client = new DashboardClient(address, token);
    try {
      HttpResponse<InputStream> answer =
          client.get(
              "tap?"
                  + query.entrySet().stream()
                      .map(each -> each.getKey() + "=" + encoded(each.getValue()))
                      .collect(Collectors.joining("&")));
      lines = new BufferedInputStream(answer.body(), 1 << 16);
      if (answer.statusCode() != 200) {
        throw refused(answer);
      }
    } catch (IOException e) {
      client.close();
      throw client.isAway(e);
    } catch (RuntimeException | InterruptedException e) {
      client.close();
      throw e;
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** A dashboard says what is wrong in a sentence; others are not believed. */
  private ConfigurationException refused(HttpResponse<InputStream> answer) throws IOException {
    if (!answer.headers().firstValue("Server").equals(Optional.of("forebay"))
        || answer.statusCode() == 404) {
      return client.isNone("it answers " + answer.statusCode());
    }
    String sentence =
        new String(lines.readNBytes(MOST_SENTENCE_BYTES), StandardCharsets.UTF_8).strip();
    return answer.statusCode() == 503 && sentence.startsWith("the pipeline is starting")
        ? client.isStarting()
        : new ConfigurationException(sentence);
  }

  /**
   * The first thing that it tells.
   *
   * @throws ConfigurationException if that is not what a tap begins with
   */
  public Told.Part part() {
    try {
      if (next() instanceof Told.Part part) {
        return part;
      }
    } catch (IOException e) {
      throw client.isAway(e);
    }
    throw client.isNone("what it tells is no tap");
  }

  /**
   * The next thing that it tells; waits.
   *
   * @throws IOException if the connection has broken off
   */
  public Told next() throws IOException {
    String line = line();
    if (line.startsWith("{\"record\":")) {
      return new Told.Row(inner(line, "{\"record\":"));
    }
    if (line.startsWith("{\"deadLetter\":")) {
      return new Told.Letter(inner(line, "{\"deadLetter\":"));
    }
    Object other = JsonDocument.read(line.getBytes(StandardCharsets.UTF_8)).orElse("");
    if (other instanceof Map<?, ?> told) {
      if (told.get("part") instanceof String name
          && told.get("kind") instanceof String kind
          && told.get("columns") instanceof List<?> columns) {
        return new Told.Part(name, kind, columns);
      }
      if (told.get("passed") instanceof Double passed
          && told.get("looked") instanceof Double looked) {
        return new Told.Counts(passed.longValue(), looked.longValue());
      }
      if (told.get("end") instanceof String sentence) {
        return new Told.End(sentence);
      }
    }
    throw client.isNone("what it tells is no tap");
  }

  /** What stands in the braces behind the name, as it is. */
  private static String inner(String line, String name) {
    return line.substring(name.length(), line.length() - 1);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    for (int next = lines.read(); next != '\n'; next = lines.read()) {
      if (next < 0) {
        throw new IOException("it has broken off");
      }
      if (line.size() >= MOST_LINE_BYTES) {
        throw client.isNone("what it tells has no line ends");
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
  }
}
