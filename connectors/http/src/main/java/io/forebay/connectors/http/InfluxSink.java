package io.forebay.connectors.http;

import io.forebay.Batch;
import io.forebay.ConfigurationException;
import io.forebay.Progress;
import io.forebay.RetryableException;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.formats.LineProtocolLayout;
import io.forebay.formats.NonFinite;
import io.forebay.formats.RowText;
import io.forebay.formats.TimePrecision;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows to InfluxDB, or to whatever takes line protocol as it does. At-least-once: a point
 * that is written again has the same series and time, and replaces itself.
 *
 * <p>A server that is away, overloaded (429) or broken (5xx) is waited for. A server that refuses
 * points (400, 422), the token (401, 403) or the bucket (404) fails the pipeline with what it says,
 * because it would refuse them again.
 */
public final class InfluxSink implements Sink {
  private static final int MOST_SHOWN = 300;

  private final InfluxSettings settings;
  private final PointBuffer buffer;
  private final Optional<ProgressFile> progress;
  private @Nullable HttpClient client;
  private @Nullable RowText rows;

  /** A sink that connects when it is opened. */
  public InfluxSink(InfluxSettings settings) {
    this.settings = settings;
    this.buffer = new PointBuffer(settings.batchPoints(), settings.batchBytes());
    this.progress = settings.progress().map(ProgressFile::new);
  }

  @Override
  public boolean effectivelyOnce() {
    return false;
  }

  @Override
  public boolean retryable() {
    return true;
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    return progress.isPresent() ? progress.get().read() : Optional.empty();
  }

  @Override
  public void open(SinkContext context) throws IOException {
    buffer.clear();
    rows =
        RowText.lineProtocol(context.schema(), layout(context.schema()), new NonFinite("influxdb"));
    if (progress.isPresent() && !context.resume()) {
      progress.get().delete();
    }
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(settings.timeout())
              .build();
    }
  }

  private LineProtocolLayout layout(Schema schema) {
    LineProtocolLayout usual = LineProtocolLayout.of(settings.measurement(), schema);
    List<String> tags = settings.tags().isEmpty() ? usual.tags() : settings.tags();
    Optional<String> time = settings.timestamp().or(usual::timestamp);
    if (time.isEmpty()) {
      throw new ConfigurationException(
          "the records have no timestamp column, and without a time a point that is written twice"
              + " is there twice: declare one, or name it with timestamp");
    }
    return new LineProtocolLayout(settings.measurement(), tags, time, TimePrecision.NANOSECONDS);
  }

  @Override
  public void write(Batch batch) throws IOException {
    RowText text = Objects.requireNonNull(rows, "open comes first");
    text.load(batch);
    for (int row = 0; row < batch.rows(); row++) {
      if (!text.put(row, buffer.text())) {
        throw new IOException(
            "record "
                + batch.sequence(row)
                + " has no value that could be a field, and a point needs one: let a function"
                + " filter or reject such records");
      }
      buffer.added();
      if (buffer.isFull()) {
        send();
      }
    }
  }

  @Override
  public void commit(Progress done) throws IOException {
    if (buffer.points() > 0) {
      send();
    }
    if (progress.isPresent()) {
      progress.get().write(done);
    }
  }

  private void send() throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.writeUri())
            .timeout(settings.timeout())
            .header("Content-Type", "text/plain; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofByteArray(buffer.body(settings.gzip())));
    if (settings.gzip()) {
      request.header("Content-Encoding", "gzip");
    }
    String authorization = settings.target().authorization();
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    HttpResponse<String> response;
    try {
      response =
          Objects.requireNonNull(client, "open comes first")
              .send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new RetryableException(place() + " does not answer (" + reason(e) + ")", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + place(), e);
    }
    check(response.statusCode(), response.body());
    buffer.clear();
  }

  private void check(int status, String body) throws IOException {
    if (status / 100 == 2) {
      return;
    }
    String shown = body.strip();
    shown = shown.length() > MOST_SHOWN ? shown.substring(0, MOST_SHOWN) + "…" : shown;
    String sentence = place() + " answered " + status + " (" + shown + ")";
    if (status == 408 || status == 429 || status / 100 == 5) {
      throw new RetryableException(sentence);
    }
    throw new IOException(
        sentence
            + switch (status) {
              case 401, 403 -> ": check the token and its rights";
              case 404 -> ": check the names of " + settings.target();
              case 413 -> ": lower batchBytes";
              default ->
                  ": it refuses some of "
                      + buffer.points()
                      + " points, which a field of another type often is the reason of";
            });
  }

  private String place() {
    return settings.url().getScheme() + "://" + settings.url().getAuthority();
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public void close() {
    HttpClient open = client;
    if (open != null) {
      open.shutdownNow();
    }
  }
}
