package io.forebay.connectors.file;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.StringColumn;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes the rows of batches of one schema as JSON objects. */
final class JsonRows {
  private final Schema schema;
  private final ColumnText[] columns;

  /** The names as they stand before the values, with the brace or comma before them. */
  private final byte[][] prefixes;

  private final int[] prefixLengths;

  JsonRows(Schema schema, NonFinite nonFinite) {
    this.schema = schema;
    columns = new ColumnText[schema.size()];
    prefixes = new byte[schema.size()][];
    prefixLengths = new int[schema.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = ColumnText.of(schema.field(i), ColumnText.Style.JSON, nonFinite);
      Bytes prefix = new Bytes(64);
      prefix.put(i == 0 ? '{' : ',');
      JsonText.put(prefix, schema.field(i).name());
      prefix.put(':');
      prefixLengths[i] = prefix.length();
      prefix.room(Words.PADDING);
      prefixes[i] = prefix.array();
    }
  }

  Schema schema() {
    return schema;
  }

  /** Writes all rows of the batch, one a line. */
  void writeLines(Batch batch, OutputFile file) throws IOException {
    load(batch);
    StringColumn extras = batch.extras().orElse(null);
    Bytes out = file.buffer();
    int rows = batch.rows();
    for (int row = 0; row < rows; row++) {
      put(row, extras, out);
      out.put('\n');
      file.writeIfFull();
    }
  }

  /** Writes one row of a batch without a line end. */
  void writeOne(Batch batch, int row, Bytes out) {
    Batch one = batch.slice(row, row + 1);
    load(one);
    put(0, one.extras().orElse(null), out);
  }

  private void load(Batch batch) {
    for (int i = 0; i < columns.length; i++) {
      columns[i].load(batch.column(i), batch.rows());
    }
  }

  private void put(int row, @Nullable StringColumn extras, Bytes out) {
    for (int i = 0; i < columns.length; i++) {
      out.putShort(prefixes[i], 0, prefixLengths[i]);
      columns[i].put(row, out);
    }
    if (extras != null && !extras.isNull(row)) {
      MemorySegment fragment = extras.utf8(row);
      int length = Math.toIntExact(fragment.byteSize());
      out.put(columns.length == 0 ? '{' : ',');
      MemorySegment.copy(
          fragment, ValueLayout.JAVA_BYTE, 0, out.room(length), out.length(), length);
      out.length(out.length() + length);
    } else if (columns.length == 0) {
      out.put('{');
    }
    out.put('}');
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
