package io.forebay.formats;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.StringColumn;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.JsonText;
import io.forebay.formats.api.NonFinite;
import io.forebay.formats.internal.bytes.Words;
import io.forebay.formats.internal.columns.ColumnText;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Writes the rows of batches of one schema as JSON objects. */
final class JsonRows implements RowText {
  private final ColumnText[] columns;

  /** The names as they stand before the values, with the brace or comma before them. */
  private final byte[][] prefixes;

  private final int[] prefixLengths;
  private @Nullable StringColumn extras;

  JsonRows(Schema schema, NonFinite nonFinite) {
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

  @Override
  public void load(Batch batch) {
    for (int i = 0; i < columns.length; i++) {
      columns[i].load(batch.column(i), batch.rows());
    }
    extras = batch.extras().orElse(null);
  }

  @Override
  public boolean put(int row, Bytes out) {
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
    return true;
  }
}
