package io.forebay.benchmarks;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvReader;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.io.ByteArrayInputStream;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.NumberInput;

/**
 * Rows of CSV into columns by FastCSV's callbacks, without a string for a cell of ASCII. It lacks
 * going on behind a quote that is not closed, which FastCSV does not do.
 */
final class FastCsvReading extends AbstractBaseCsvCallbackHandler<Boolean> {
  private final ColumnType[] types;
  private final RecordWriter out;
  private byte[] utf8 = new byte[256];

  FastCsvReading(Schema schema, RecordWriter out) {
    this.types = schema.fields().stream().map(Field::type).toArray(ColumnType[]::new);
    this.out = out;
  }

  void read(byte[] bytes) throws InterruptedException {
    CsvReader<Boolean> reader =
        CsvReader.builder().build(this, new ByteArrayInputStream(bytes), StandardCharsets.UTF_8);
    for (Boolean row : reader) {
      if (row) {
        out.append(1, 0);
      }
    }
  }

  @Override
  protected void handleField(int field, char[] chars, int from, int length, boolean quoted) {
    switch (types[field]) {
      case FLOAT64 -> out.setDouble(field, NumberInput.parseDouble(chars, from, length, true));
      case INT64, TIMESTAMP_MS ->
          out.setLong(field, Long.parseLong(CharBuffer.wrap(chars, from, length), 0, length, 10));
      default -> string(field, chars, from, length);
    }
  }

  private void string(int field, char[] chars, int from, int length) {
    if (utf8.length < length) {
      utf8 = new byte[2 * length];
    }
    int all = 0;
    for (int i = 0; i < length; i++) {
      char c = chars[from + i];
      utf8[i] = (byte) c;
      all |= c;
    }
    if (all < 0x80) {
      out.setString(field, utf8, 0, length);
    } else {
      byte[] encoded = new String(chars, from, length).getBytes(StandardCharsets.UTF_8);
      out.setString(field, encoded, 0, encoded.length);
    }
  }

  @Override
  protected @Nullable Boolean buildRecord() {
    return getFieldCount() == types.length;
  }
}
