package io.forebay.formats;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.columns.StringColumn;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.CsvText;
import io.forebay.formats.api.NonFinite;
import io.forebay.formats.internal.columns.ColumnText;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes the rows of batches of one schema as CSV (RFC 4180, UTF-8). Used by one thread. */
public final class CsvRows implements RowText {
  private static final String EXTRAS = "extras";

  private final Schema schema;
  private final char separator;
  private final boolean dropExtras;
  private final ColumnText[] columns;
  private final Bytes object = new Bytes(256);
  private @Nullable StringColumn extras;

  CsvRows(Schema schema, char separator, boolean dropExtras, NonFinite nonFinite) {
    CsvText.checkSeparator(separator);
    this.schema = schema;
    this.separator = separator;
    this.dropExtras = dropExtras;
    columns =
        schema.fields().stream()
            .map(field -> ColumnText.of(field, ColumnText.Style.CSV, nonFinite))
            .toArray(ColumnText[]::new);
  }

  @Override
  public void load(Batch batch) {
    extras = dropExtras ? null : batch.extras().orElse(null);
    for (int i = 0; i < columns.length; i++) {
      columns[i].load(batch.column(i), batch.rows());
    }
  }

  /**
   * Appends the header row, which has a column for extras if the batch that is loaded has some.
   *
   * @throws ConfigurationException if a field has the name of that column
   */
  public void putHeader(Bytes out) {
    if (extras != null && schema.has(EXTRAS)) {
      throw new ConfigurationException(
          "a column 'extras' is needed for members that no field declares, but there is a field of"
              + " that name: rename it, or drop the extras");
    }
    String before = "";
    for (Field field : schema.fields()) {
      out.putAscii(before);
      byte[] name = field.name().getBytes(StandardCharsets.UTF_8);
      CsvText.put(out, MemorySegment.ofArray(name));
      before = String.valueOf(separator);
    }
    if (extras != null) {
      out.putAscii(before + EXTRAS);
    }
  }

  @Override
  public boolean put(int row, Bytes out) {
    for (int i = 0; i < columns.length; i++) {
      if (i > 0) {
        out.put(separator);
      }
      columns[i].put(row, out);
    }
    if (extras != null) {
      putExtras(extras, row, out);
    }
    return true;
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
}
