package io.forebay.formats.internal.columns;

import io.forebay.columns.Column;
import io.forebay.columns.StringColumn;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.CsvText;
import io.forebay.formats.api.JsonText;
import io.forebay.formats.internal.bytes.Words;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes a string column. What repeats within a batch is quoted and escaped once and then copied.
 */
final class StringText extends ColumnText {
  private @Nullable StringColumn column;

  /** The entries of the batch's dictionary, as they are written. */
  private final Bytes entries = new Bytes(1024);

  /** Where the entries end; -1 where an entry has not been needed yet. */
  private int[] starts = new int[0];

  private int[] lengths = new int[0];

  StringText(Style style) {
    super(style);
  }

  @Override
  void loadValues(Column column, int rows) {
    StringColumn strings = (StringColumn) column;
    this.column = strings;
    entries.length(0);
    int size = strings.dictionarySize();
    if (lengths.length < size) {
      starts = new int[size + (size >> 1)];
      lengths = new int[starts.length];
    }
    Arrays.fill(lengths, 0, size, 0);
  }

  @Override
  void putValue(int row, Bytes out) {
    StringColumn strings = Objects.requireNonNull(column);
    if (!strings.isDictionaryEncoded()) {
      put(strings.utf8(row), out);
      return;
    }
    int entry = strings.dictionaryIndex(row);
    if (lengths[entry] == 0) {
      starts[entry] = entries.length();
      put(strings.dictionaryUtf8(entry), entries);
      lengths[entry] = entries.length() - starts[entry];
      entries.room(Words.PADDING);
    }
    out.putShort(entries.array(), starts[entry], lengths[entry]);
  }

  private void put(MemorySegment utf8, Bytes out) {
    if (style() == Style.JSON) {
      JsonText.put(out, utf8);
    } else {
      CsvText.put(out, utf8);
    }
  }
}
