package io.forebay.connectors.file;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Writes CSV (RFC 4180, UTF-8, lines end with LF): a header row, then one row for each record.
 * Members that no field declares go as one JSON object into a last column {@code extras}, unless
 * they are dropped. Keeps its progress in {@code <path>.progress}.
 */
public final class CsvSink implements Sink {
  private CsvSink() {}

  /** Writes to {@code path}; {@code -} is the standard output, which keeps no progress. */
  public static CsvSink to(String path) {
    return new CsvSink();
  }

  /** Writes to {@code stream}, which keeps no progress and is not closed. */
  public static CsvSink to(OutputStream stream) {
    return new CsvSink();
  }

  /** What separates the cells: {@code ,} by default, {@code ;} or a tab. Before {@link #open}. */
  public CsvSink separator(char separator) {
    return this;
  }

  /** Leaves out the members that no field declares. Before {@link #open}. */
  public CsvSink dropExtras() {
    return this;
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
