package io.forebay.connectors.file;

import io.forebay.Batch;
import io.forebay.ConfigurationException;
import io.forebay.Field;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.StringColumn;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Writes CSV (RFC 4180, UTF-8, lines end with LF): a header row, then one row for each record. A
 * null is an empty cell, an empty text is {@code ""}, a list is a JSON array. Members that no field
 * declares go as one JSON object into a last column {@code extras}, unless they are dropped. A NaN
 * or infinite value is written as null, with one warning. Keeps its progress in {@code
 * <path>.progress}.
 */
public final class CsvSink implements Sink {
  private static final String EXTRAS = "extras";

  private final OutputFile file;
  private final NonFinite nonFinite;
  private char separator = ',';
  private boolean dropExtras;
  private Schema schema = Schema.of();
  private ColumnText[] columns = new ColumnText[0];
  private final Bytes object = new Bytes(256);

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
  public Optional<Progress> recover() throws IOException {
    return file.recover();
  }

  @Override
  public void open(SinkContext context) throws IOException {
    schema = context.schema();
    columns =
        schema.fields().stream()
            .map(field -> ColumnText.of(field, ColumnText.Style.CSV, nonFinite))
            .toArray(ColumnText[]::new);
    file.open(context);
  }

  @Override
  public void write(Batch batch) throws IOException {
    StringColumn extras = dropExtras ? null : batch.extras().orElse(null);
    if (file.isEmpty()) {
      putHeader(extras != null);
    }
    for (int i = 0; i < columns.length; i++) {
      columns[i].load(batch.column(i), batch.rows());
    }
    Bytes out = file.buffer();
    int rows = batch.rows();
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < columns.length; i++) {
        if (i > 0) {
          out.put(separator);
        }
        columns[i].put(row, out);
      }
      if (extras != null) {
        putExtras(extras, row, out);
      }
      out.put('\n');
      file.writeIfFull();
    }
  }

  private void putHeader(boolean extras) {
    if (extras && schema.has(EXTRAS)) {
      throw new ConfigurationException(
          file.name()
              + " needs a column 'extras' for members that no field declares, but there is a field"
              + " of that name: rename it, or drop the extras");
    }
    Bytes out = file.buffer();
    String before = "";
    for (Field field : schema.fields()) {
      out.put(JsonRows.ascii(before));
      CsvText.put(out, utf8(field.name()));
      before = String.valueOf(separator);
    }
    if (extras) {
      out.put(JsonRows.ascii(before + EXTRAS));
    }
    out.put('\n');
  }

  private static MemorySegment utf8(String text) {
    return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
  }

  private void putExtras(StringColumn extras, int row, Bytes out) {
    if (columns.length > 0) {
      out.put(separator);
    }
    if (extras.isNull(row)) {
      return;
    }
    MemorySegment fragment = extras.utf8(row);
    int length = Math.toIntExact(fragment.byteSize());
    object.length(0);
    object.put('{');
    MemorySegment.copy(fragment, ValueLayout.JAVA_BYTE, 0, object.room(length), 1, length);
    object.length(1 + length);
    object.put('}');
    CsvText.put(out, MemorySegment.ofArray(object.array()).asSlice(0, object.length()));
  }

  @Override
  public void commit(Progress progress) throws IOException {
    if (progress.complete() && file.isEmpty()) {
      putHeader(false);
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
