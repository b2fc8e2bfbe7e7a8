package io.forebay.columns;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A column of {@link ColumnType#STRING}. Within a batch it is either plain (each row has its own
 * bytes) or, while values repeat, dictionary-encoded (each row has the index of one of the batch's
 * distinct values). Readers need not care; those who handle a value once for all rows that share it
 * use {@link #dictionarySize} and {@link #dictionaryIndex}.
 */
public final class StringColumn extends Column {
  private final @Nullable MemorySegment indices;
  private final MemorySegment offsets;
  private final MemorySegment data;
  private final int dictionarySize;
  private final @Nullable String[] decoded;

  private StringColumn(
      Field field,
      @Nullable MemorySegment indices,
      MemorySegment offsets,
      MemorySegment data,
      int dictionarySize,
      @Nullable String[] decoded,
      @Nullable MemorySegment validity,
      long firstBit) {
    super(field, validity, firstBit);
    this.indices = indices;
    this.offsets = offsets;
    this.data = data;
    this.dictionarySize = dictionarySize;
    this.decoded = decoded;
  }

  /**
   * A plain column.
   *
   * @param offsets {@code rows + 1} int32: row {@code r} is {@code data[offsets[r], offsets[r+1])}
   * @param data UTF-8
   * @param validity see {@link Column}; null where no row is null
   * @param firstBit the validity bit of row 0
   */
  public static StringColumn plain(
      Field field,
      MemorySegment offsets,
      MemorySegment data,
      @Nullable MemorySegment validity,
      long firstBit) {
    return new StringColumn(field, null, offsets, data, 0, new String[0], validity, firstBit);
  }

  /**
   * A dictionary-encoded column.
   *
   * @param indices one int32 a row, {@code 0 <= index < dictionarySize}
   * @param offsets {@code dictionarySize + 1} int32 into {@code data}
   * @param data UTF-8 of the distinct values
   * @param validity see {@link Column}; null where no row is null
   * @param firstBit the validity bit of row 0
   */
  public static StringColumn dictionary(
      Field field,
      MemorySegment indices,
      MemorySegment offsets,
      MemorySegment data,
      int dictionarySize,
      @Nullable MemorySegment validity,
      long firstBit) {
    return new StringColumn(
        field,
        indices,
        offsets,
        data,
        dictionarySize,
        new String[dictionarySize],
        validity,
        firstBit);
  }

  /** The text of the row; for a dictionary-encoded column decoded once for each distinct value. */
  public String get(int row) {
    if (indices == null) {
      return decode(row);
    }
    int index = indices.getAtIndex(Layouts.INT, row);
    String text = decoded[index];
    if (text == null) {
      text = decode(index);
      decoded[index] = text;
    }
    return text;
  }

  /** The UTF-8 bytes of the row where they lie. */
  public MemorySegment utf8(int row) {
    return entry(indices == null ? row : indices.getAtIndex(Layouts.INT, row));
  }

  /** Whether rows share entries of a dictionary. */
  public boolean isDictionaryEncoded() {
    return indices != null;
  }

  /** How many distinct values the batch's dictionary has; 0 for a plain column. */
  public int dictionarySize() {
    return dictionarySize;
  }

  /**
   * The dictionary entry of the row.
   *
   * @throws IllegalStateException if the column is plain
   */
  public int dictionaryIndex(int row) {
    if (indices == null) {
      throw new IllegalStateException("column '" + field().name() + "' is not dictionary-encoded");
    }
    return indices.getAtIndex(Layouts.INT, row);
  }

  /** The UTF-8 bytes of a dictionary entry where they lie. */
  public MemorySegment dictionaryUtf8(int index) {
    Objects.checkIndex(index, dictionarySize);
    return entry(index);
  }

  @Override
  public long valueBytes(int rows) {
    if (indices == null) {
      return (long) offsets.getAtIndex(Layouts.INT, rows) - offsets.getAtIndex(Layouts.INT, 0);
    }
    // Counted for every batch at every stage, so each entry's length is looked up once.
    int[] lengths = new int[Math.min(dictionarySize, rows)];
    boolean same = lengths.length == dictionarySize;
    for (int index = 0; index < lengths.length; index++) {
      lengths[index] = length(index);
      same &= lengths[index] == lengths[0];
    }
    if (same && !mayHaveNulls()) {
      return dictionarySize == 0 ? 0 : (long) rows * lengths[0];
    }
    long bytes = 0;
    for (int row = 0; row < rows; row++) {
      if (!isNull(row)) {
        int index = indices.getAtIndex(Layouts.INT, row);
        bytes += index < lengths.length ? lengths[index] : length(index);
      }
    }
    return bytes;
  }

  private int length(long index) {
    return offsets.getAtIndex(Layouts.INT, index + 1) - offsets.getAtIndex(Layouts.INT, index);
  }

  @Override
  public StringColumn slice(int from, int rows) {
    if (indices == null) {
      return plain(
          field(),
          offsets.asSlice(4L * from, 4L * (rows + 1)),
          data,
          validity(),
          firstBit() + from);
    }
    return new StringColumn(
        field(),
        indices.asSlice(4L * from, 4L * rows),
        offsets,
        data,
        dictionarySize,
        decoded,
        validity(),
        firstBit() + from);
  }

  private MemorySegment entry(int index) {
    int from = offsets.getAtIndex(Layouts.INT, index);
    return data.asSlice(from, offsets.getAtIndex(Layouts.INT, index + 1L) - from);
  }

  private String decode(int index) {
    return new String(entry(index).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }
}
