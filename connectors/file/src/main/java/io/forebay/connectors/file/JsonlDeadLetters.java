package io.forebay.connectors.file;

import io.forebay.DeadLetters;
import io.forebay.Progress;
import io.forebay.Rejection;
import io.forebay.SinkContext;
import java.io.IOException;
import java.util.Optional;

/**
 * Writes rejected records as JSON Lines into a file that only its owner may read. Keeps its
 * progress in {@code <path>.progress}.
 */
public final class JsonlDeadLetters implements DeadLetters {
  private JsonlDeadLetters() {}

  /** Writes to {@code path}; {@code -} is the standard output, which keeps no progress. */
  public static JsonlDeadLetters to(String path) {
    return new JsonlDeadLetters();
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
  public void write(Rejection rejection) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void commit(Progress progress) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() throws IOException {
    throw new UnsupportedOperationException();
  }
}
