package io.forebay.connectors.file;

import io.forebay.Batch;
import io.forebay.Claim;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.formats.RowText;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.NonFinite;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON Lines: one object a row, the fields in the order of the schema, then the members that
 * no field declares, as they came. A timestamp is written as an integer of its unit, a binary as
 * base64, a null as {@code null}; a NaN or infinite value, for which JSON has no text, also as
 * {@code null}, with one warning. Keeps its progress in {@code <path>.progress}.
 */
public final class JsonlSink implements Sink {
  private final OutputFile file;
  private final NonFinite nonFinite;
  private @Nullable RowText rows;

  JsonlSink(OutputFile file) {
    this.file = file;
    this.nonFinite = new NonFinite(file.name());
  }

  /** Writes to {@code path}; {@code -} is the standard output, which keeps no progress. */
  public static JsonlSink to(String path) {
    return new JsonlSink(OutputFile.of(path, OutputFile.Access.AS_USUAL));
  }

  /** Writes to {@code stream}, which keeps no progress and is not closed. */
  public static JsonlSink to(OutputStream stream) {
    return new JsonlSink(OutputFile.of(stream));
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
    rows = RowText.json(context.schema(), nonFinite);
    file.open(context);
  }

  @Override
  public void write(Batch batch) throws IOException {
    RowText text = Objects.requireNonNull(rows, "open comes first");
    text.load(batch);
    Bytes out = file.buffer();
    int count = batch.rows();
    for (int row = 0; row < count; row++) {
      text.put(row, out);
      out.put('\n');
      file.writeIfFull();
    }
  }

  @Override
  public void commit(Progress progress) throws IOException {
    file.commit(progress);
  }

  /** Whether the output is a file: its progress is committed with its data. */
  @Override
  public boolean effectivelyOnce() {
    return file.keepsProgress();
  }

  /** How many NaN and infinite values were written as null, because JSON has no text for them. */
  public long nonFinite() {
    return nonFinite.count();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
