package io.forebay.connectors.http;

import io.forebay.errors.ConfigurationException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Where an InfluxDB sink writes, and how rows become points.
 *
 * @param url the server's address, without a path
 * @param target the database, or organization and bucket
 * @param measurement the measurement of all points
 * @param tags string columns that become tags; empty: {@code sensorId}, if there is one
 * @param timestamp the timestamp column that is the points' time; empty: the first one
 * @param batchPoints points a request, at most
 * @param batchBytes bytes a request before gzip, at most, unless a single point has more
 * @param timeout for a connection, and for an answer
 * @param progress a file that remembers how far the sources are written; without it a run that did
 *     not come to its end is written again from the beginning, onto the same points
 */
public record InfluxSettings(
    URI url,
    Target target,
    String measurement,
    List<String> tags,
    Optional<String> timestamp,
    boolean gzip,
    int batchPoints,
    int batchBytes,
    Duration timeout,
    Optional<Path> progress) {

  /** Which write API is used. */
  public sealed interface Target {
    /** The path and query to post to. */
    String path();

    /** The value of the {@code Authorization} header; empty: none. */
    String authorization();

    /** InfluxDB 2 and later: {@code /api/v2/write}. */
    record Bucket(String org, String bucket, String token) implements Target {
      @Override
      public String path() {
        return "/api/v2/write?org=" + encoded(org) + "&bucket=" + encoded(bucket) + "&precision=ns";
      }

      @Override
      public String authorization() {
        return token.isEmpty() ? "" : "Token " + token;
      }

      @Override
      public String toString() {
        return "org '" + org + "', bucket '" + bucket + "'";
      }
    }

    /** InfluxDB 1: {@code /write}; without a user, whoever may. */
    record Database(String database, String user, String password) implements Target {
      @Override
      public String path() {
        return "/write?db=" + encoded(database) + "&precision=ns";
      }

      @Override
      public String authorization() {
        if (user.isEmpty()) {
          return "";
        }
        byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(credentials);
      }

      @Override
      public String toString() {
        return "database '" + database + "'";
      }
    }

    private static String encoded(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
  }

  public InfluxSettings {
    tags = List.copyOf(tags);
    boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!web || url.getHost() == null || url.getUserInfo() != null) {
      throw new ConfigurationException(
          "'"
              + shown(url)
              + "' is not the address of a server: write http://host:8086, without"
              + " a user");
    }
    if (batchPoints < 1 || batchBytes < 1 || timeout.toMillis() < 1) {
      throw new ConfigurationException("a batch has at least one point, a timeout 1 ms");
    }
  }

  private static String shown(URI url) {
    return url.getScheme() + "://" + url.getHost();
  }

  /** Batches of 5,000 points or 1 MiB, gzip, 10 s. */
  public static InfluxSettings of(URI url, Target target, String measurement) {
    return new InfluxSettings(
        url,
        target,
        measurement,
        List.of(),
        Optional.empty(),
        true,
        5_000,
        1 << 20,
        Duration.ofSeconds(10),
        Optional.empty());
  }

  URI writeUri() {
    String base = url.toString();
    return URI.create(
        (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + target.path());
  }
}
