package io.forebay.connectors.http;

import io.forebay.Batch;
import io.forebay.Claim;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.RowText;
import io.forebay.formats.api.LineProtocolLayout;
import io.forebay.formats.api.NonFinite;
import io.forebay.formats.api.TimePrecision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows to InfluxDB, or to whatever takes line protocol as it does. At-least-once: a point
 * that is written again has the same series and time, and replaces itself.
 *
 * <p>A server that is away, overloaded (429) or broken (5xx) is waited for. Points that it refuses
 * (400, 422) are {@link #refused}, all others are delivered. A server that refuses the token (401,
 * 403) or the bucket (404) fails the pipeline with what it says, because it would refuse
 * everything.
 */
public final class InfluxSink implements Sink {
  private final InfluxSettings settings;
  private final PointBuffer buffer;
  private final Optional<SealedProgress> progress;
  private final List<Refusal> refused = new ArrayList<>();
  private @Nullable WriteApi api;
  private @Nullable RowText rows;

  /** A sink that connects when it is opened. */
  public InfluxSink(InfluxSettings settings) {
    this.settings = settings;
    this.buffer = new PointBuffer(settings.batchPoints(), settings.batchBytes());
    this.progress = settings.progress().map(SealedProgress::new);
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
  public List<Claim> claims() {
    return settings
        .progress()
        .map(file -> List.of(Claim.writes(file), Claim.writesBeside(file, ".next")))
        .orElse(List.of());
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    return progress.isPresent() ? progress.get().read() : Optional.empty();
  }

  @Override
  public void check(Schema schema) {
    rows = RowText.lineProtocol(schema, layout(schema), new NonFinite("influxdb"));
  }

  @Override
  public void open(SinkContext context) throws IOException {
    buffer.clear();
    refused.clear();
    check(context.schema());
    if (progress.isPresent() && !context.resume()) {
      progress.get().delete();
    }
    if (api == null) {
      api = new WriteApi(settings);
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
        refused.add(new Refusal(batch.partition(row), batch.sequence(row), text.problem(), ""));
        continue;
      }
      buffer.added(batch.partition(row), batch.sequence(row));
      if (buffer.isFull()) {
        send();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    if (buffer.points() > 0) {
      send();
    }
  }

  @Override
  public List<Refusal> refused() {
    if (refused.isEmpty()) {
      return List.of();
    }
    List<Refusal> all = List.copyOf(refused);
    refused.clear();
    return all;
  }

  @Override
  public void commit(Progress done) throws IOException {
    flush();
    if (!refused.isEmpty()) {
      throw new IllegalStateException("refusals are to be asked for before a commit");
    }
    if (progress.isPresent()) {
      progress.get().write(done);
    }
  }

  private void send() throws IOException {
    PointDelivery.deliver(
        Objects.requireNonNull(api, "open comes first"), buffer, settings.gzip(), refused);
    buffer.clear();
  }

  @Override
  public void close() {
    WriteApi open = api;
    if (open != null) {
      open.close();
    }
  }
}
