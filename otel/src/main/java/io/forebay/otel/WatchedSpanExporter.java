package io.forebay.otel;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;

/** Tells when spans are not taken. */
record WatchedSpanExporter(SpanExporter inner, Trouble trouble) implements SpanExporter {
  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    return trouble.watch(inner.export(spans));
  }

  @Override
  public CompletableResultCode flush() {
    return inner.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return inner.shutdown();
  }
}
