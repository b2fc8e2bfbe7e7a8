package io.forebay.connectors.duckdb.capi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;
import java.io.Closeable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Fills vectors of DuckDB with columns of ours. Columns are copied as they lie; only bits and texts
 * are looked at. Used by one thread.
 */
public final class VectorWriter implements Closeable {
  /** How many rows a vector has. */
  public static final int CAPACITY =
      Math.toIntExact(CApi.call(() -> (long) CApi.VECTOR_SIZE.invokeExact()));

  /** {@code duckdb_string_t}: a length, then 12 bytes of text, or 4 and the address of all. */
  public static final int STRING_BYTES = 16;

  /** Texts of so many bytes lie in the {@code duckdb_string_t} itself. */
  public static final int INLINE_BYTES = 12;

  /** {@code duckdb_list_entry}: where the row's values begin, and how many there are. */
  public static final int LIST_ENTRY_BYTES = 16;

  private final Arena arena = Arena.ofShared();

  /** For texts that do not lie in native memory, and for extras in their braces. */
  private MemorySegment scratch = arena.allocate(4 << 10);

  /**
   * Copies rows {@code from} to {@code from + rows} of the column.
   *
   * @param vector a {@code duckdb_vector} that was never written to, or whose chunk was reset
   * @param braced whether texts get braces around them
   */
  public void fill(MemorySegment vector, Column column, int from, int rows, boolean braced) {
    if (column.mayHaveNulls()) {
      putValidity(vector, column, from, rows);
    }
    switch (column) {
      case BoolColumn bools -> putBools(vector, bools, from, rows);
      case Int32Column ints -> copy(vector, ints.data(), 4, from, rows);
      case Int64Column longs -> copy(vector, longs.data(), 8, from, rows);
      case Float32Column floats -> copy(vector, floats.data(), 4, from, rows);
      case Float64Column doubles -> copy(vector, doubles.data(), 8, from, rows);
      case StringColumn texts -> {
        if (texts.isDictionaryEncoded() && !braced) {
          putEntries(vector, texts, from, rows);
        } else {
          putTexts(vector, texts, from, rows, braced);
        }
      }
      case BinaryColumn binaries -> putBinaries(vector, binaries, from, rows);
      case Float64ListColumn lists -> putLists(vector, lists, from, rows);
    }
  }

  /** Rows without values. */
  public void fillNull(MemorySegment vector, int rows) {
    validity(vector).asSlice(0, validityBytes(rows)).fill((byte) 0);
  }

  private static MemorySegment data(MemorySegment vector, long bytes) {
    return CApi.memory(
        CApi.call(() -> (MemorySegment) CApi.VECTOR_DATA.invokeExact(vector)), bytes);
  }

  private static long validityBytes(int rows) {
    return (rows + 63L) / 64 * 8;
  }

  private static MemorySegment validity(MemorySegment vector) {
    MemorySegment mask =
        CApi.call(() -> {
          CApi.ENSURE_VALIDITY.invokeExact(vector);
          return (MemorySegment) CApi.VECTOR_VALIDITY.invokeExact(vector);
        });
    return CApi.memory(mask, validityBytes(CAPACITY));
  }

  private static void putValidity(MemorySegment vector, Column column, int from, int rows) {
    MemorySegment mask = validity(vector);
    for (int first = 0; first < rows; first += 64) {
      long bits = -1;
      int last = Math.min(rows, first + 64);
      for (int row = first; row < last; row++) {
        if (column.isNull(from + row)) {
          bits &= ~(1L << row);
        }
      }
      mask.setAtIndex(JAVA_LONG, first >> 6, bits);
    }
  }

  private static void copy(
      MemorySegment vector, MemorySegment values, int width, int from, int rows) {
    long bytes = (long) width * rows;
    MemorySegment.copy(values, (long) width * from, data(vector, bytes), 0, bytes);
  }

  private static void putBools(MemorySegment vector, BoolColumn column, int from, int rows) {
    MemorySegment data = data(vector, rows);
    for (int row = 0; row < rows; row++) {
      data.set(JAVA_BYTE, row, (byte) (column.get(from + row) ? 1 : 0));
    }
  }

  private void putTexts(
      MemorySegment vector, StringColumn column, int from, int rows, boolean braced) {
    MemorySegment data = data(vector, (long) STRING_BYTES * rows);
    for (int row = 0; row < rows; row++) {
      if (!column.isNull(from + row)) {
        MemorySegment text = column.utf8(from + row);
        putText(vector, data, row, braced ? braced(text) : text);
      }
    }
  }

  /** As {@link #putTexts}, but a text that many rows share is handed over once. */
  private void putEntries(MemorySegment vector, StringColumn column, int from, int rows) {
    MemorySegment data = data(vector, (long) STRING_BYTES * rows);
    int[] rowOf = new int[column.dictionarySize()];
    for (int row = 0; row < rows; row++) {
      if (column.isNull(from + row)) {
        continue;
      }
      int entry = column.dictionaryIndex(from + row);
      int first = rowOf[entry] - 1;
      if (first < 0) {
        putText(vector, data, row, column.dictionaryUtf8(entry));
        rowOf[entry] = row + 1;
      } else {
        long at = (long) STRING_BYTES * first;
        long to = (long) STRING_BYTES * row;
        data.set(JAVA_LONG, to, data.get(JAVA_LONG, at));
        data.set(JAVA_LONG, to + 8, data.get(JAVA_LONG, at + 8));
      }
    }
  }

  private void putBinaries(MemorySegment vector, BinaryColumn column, int from, int rows) {
    MemorySegment data = data(vector, (long) STRING_BYTES * rows);
    for (int row = 0; row < rows; row++) {
      if (!column.isNull(from + row)) {
        putText(vector, data, row, column.bytes(from + row));
      }
    }
  }

  private void putText(MemorySegment vector, MemorySegment data, int row, MemorySegment bytes) {
    int length = Math.toIntExact(bytes.byteSize());
    long at = (long) STRING_BYTES * row;
    if (length <= INLINE_BYTES) {
      data.set(JAVA_LONG, at, 0);
      data.set(JAVA_LONG, at + 8, 0);
      data.set(JAVA_INT, at, length);
      for (int i = 0; i < length; i++) {
        data.set(JAVA_BYTE, at + 4 + i, bytes.get(JAVA_BYTE, i));
      }
      return;
    }
    MemorySegment text = bytes;
    if (!bytes.isNative()) {
      text = scratch(length);
      MemorySegment.copy(bytes, 0, text, 0, length);
    }
    try {
      CApi.ASSIGN_STRING.invokeExact(vector, (long) row, text, (long) length);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private MemorySegment braced(MemorySegment members) {
    long length = members.byteSize();
    MemorySegment text = scratch(length + 2);
    text.set(JAVA_BYTE, 0, (byte) '{');
    MemorySegment.copy(members, 0, text, 1, length);
    text.set(JAVA_BYTE, length + 1, (byte) '}');
    return text.asSlice(0, length + 2);
  }

  private MemorySegment scratch(long bytes) {
    if (scratch.byteSize() < bytes) {
      scratch = arena.allocate(Math.max(bytes, 2 * scratch.byteSize()));
    }
    return scratch;
  }

  private static void putLists(MemorySegment vector, Float64ListColumn column, int from, int rows) {
    MemorySegment entries = data(vector, (long) LIST_ENTRY_BYTES * rows);
    long values = 0;
    for (int row = 0; row < rows; row++) {
      int length = column.length(from + row);
      entries.set(JAVA_LONG, (long) LIST_ENTRY_BYTES * row, values);
      entries.set(JAVA_LONG, (long) LIST_ENTRY_BYTES * row + 8, length);
      values += length;
    }
    long total = values;
    MemorySegment child =
        CApi.call(() -> {
          int reserved = (int) CApi.LIST_RESERVE.invokeExact(vector, total);
          int sized = (int) CApi.LIST_SET_SIZE.invokeExact(vector, total);
          if (reserved != CApi.OK || sized != CApi.OK) {
            throw new IllegalStateException("DuckDB has no room for a list of " + total);
          }
          return (MemorySegment) CApi.LIST_CHILD.invokeExact(vector);
        });
    MemorySegment data = data(child, 8 * total);
    long at = 0;
    for (int row = 0; row < rows; row++) {
      MemorySegment list = column.values(from + row);
      MemorySegment.copy(list, 0, data, at, list.byteSize());
      at += list.byteSize();
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
