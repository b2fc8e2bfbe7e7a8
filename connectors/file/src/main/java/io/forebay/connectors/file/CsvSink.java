package io.forebay.connectors.file;

import io.forebay.Batch;
import io.forebay.Claim;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.CsvRows;
import io.forebay.formats.RowText;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.CsvText;
import io.forebay.formats.api.NonFinite;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes CSV (RFC 4180, UTF-8, lines end with LF): a header row, then one row for each record. A
 * null is an empty cell, an empty text is {@code ""}, a list is a JSON array. Members that no field
 * declares go as one JSON object into a last column {@code extras}, unless they are dropped. A NaN
 * or infinite value is written as null, with one warning. Keeps its progress in {@code
 * <path>.progress}.
 */
public final class CsvSink implements Sink {
  private final OutputFile file;
  private final NonFinite nonFinite;
  private char separator = ',';
  private boolean dropExtras;
  private @Nullable CsvRows rows;

  private CsvSink(OutputFile file) {
    this.file = file;
    this.nonFinite = new NonFinite(file.name());
  }

  /** Writes to {@code path}; {@code -} is the standard output, which keeps no progress. */
  public static CsvSink to(String path) {
    return new CsvSink(OutputFile.of(path, OutputFile.Access.AS_USUAL));
  }

  /** Writes to {@code stream}, which keeps no progress and is not closed. */
  public static CsvSink to(OutputStream stream) {
    return new CsvSink(OutputFile.of(stream));
  }

  /** What separates the cells: {@code ,} by default, {@code ;} or a tab. Before {@link #open}. */
  public CsvSink separator(char separator) {
    CsvText.checkSeparator(separator);
    this.separator = separator;
    return this;
  }

  /** Leaves out the members that no field declares. Before {@link #open}. */
  public CsvSink dropExtras() {
    dropExtras = true;
    return this;
  }

  @Override
  public List<Claim> claims() {
    return file.claims();
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    return file.recover();
  }

  @Override
  public void open(SinkContext context) throws IOException {
    rows = RowText.csv(context.schema(), separator, dropExtras, nonFinite);
    file.open(context);
  }

  @Override
  public void write(Batch batch) throws IOException {
    CsvRows text = rows();
    text.load(batch);
    Bytes out = file.buffer();
    if (file.isEmpty()) {
      putHeader(text);
    }
    int count = batch.rows();
    for (int row = 0; row < count; row++) {
      text.put(row, out);
      out.put('\n');
      file.writeIfFull();
    }
  }

  private CsvRows rows() {
    return Objects.requireNonNull(rows, "open comes first");
  }

  private void putHeader(CsvRows text) {
    try {
      text.putHeader(file.buffer());
    } catch (ConfigurationException e) {
      throw new ConfigurationException(file.name() + ": " + e.getMessage(), e);
    }
    file.buffer().put('\n');
  }

  @Override
  public void commit(Progress progress) throws IOException {
    if (progress.complete() && file.isEmpty()) {
      putHeader(rows());
    }
    file.commit(progress);
  }

  /** Whether the output is a file: its progress is committed with its data. */
  @Override
  public boolean effectivelyOnce() {
    return file.keepsProgress();
  }

  /** How many NaN and infinite values were written as null, because CSV has no text for them. */
  public long nonFinite() {
    return nonFinite.count();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
