package io.forebay.connectors.file;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Writes JSON Lines: one object a row, the fields in the order of the schema, then the members that
 * no field declares, as they came. Keeps its progress in {@code <path>.progress}.
 */
public final class JsonlSink implements Sink {
  private JsonlSink() {}

  /** Writes to {@code path}; {@code -} is the standard output, which keeps no progress. */
  public static JsonlSink to(String path) {
    return new JsonlSink();
  }

  /** Writes to {@code stream}, which keeps no progress and is not closed. */
  public static JsonlSink to(OutputStream stream) {
    return new JsonlSink();
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void open(SinkContext context) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void write(Batch batch) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void commit(Progress progress) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Whether the output is a file: its progress is committed with its data. */
  @Override
  public boolean effectivelyOnce() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() throws IOException {
    throw new UnsupportedOperationException();
  }
}
