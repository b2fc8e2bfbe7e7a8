package io.forebay.slots;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rearranges the rows of a column where they lie: row {@code i} becomes what was row {@code
 * from[i]}.
 */
final class RowGather {
  private RowGather() {}

  /** Whether the first {@code count} columns have room for these rows. */
  static boolean fits(ColumnBuffer[] columns, int count, int[] from) {
    for (int i = 0; i < count; i++) {
      ColumnBuffer column = columns[i];
      if (column.isVariable() && !column.isDictionary() && bytes(column, from) > column.dataBytes) {
        return false;
      }
    }
    return true;
  }

  private static long bytes(ColumnBuffer column, int[] from) {
    long units = 0;
    for (int row : from) {
      units += column.offsets[row + 1] - column.offsets[row];
    }
    return units * column.unit;
  }

  /**
   * Rearranges a column; {@link #fits} has held.
   *
   * @param from rows, ascending; a row may come several times
   * @param rows how many rows the column has now
   */
  static void gather(ColumnBuffer column, int[] from, int rows) {
    if (column.nulls) {
      gatherBits(column.memory, column.validityAt, from, rows);
    }
    switch (column.width) {
      case 0 -> gatherBits(column.memory, column.dataAt, from, rows);
      case 4 -> gatherInts(column.memory, column.dataAt, from, rows);
      case 8 -> gatherLongs(column.memory, column.dataAt, from, rows);
      default -> {
        if (column.isDictionary()) {
          gatherIndices(column, from, rows);
        } else {
          gatherBytes(column, from, rows);
        }
      }
    }
  }

  private static void gatherBits(MemorySegment memory, long at, int[] from, int rows) {
    byte[] old = new byte[(rows + 7) >>> 3];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, old, 0, old.length);
    byte[] bits = new byte[(from.length + 7) >>> 3];
    for (int i = 0; i < from.length; i++) {
      int bit = old[from[i] >>> 3] >>> (from[i] & 7) & 1;
      bits[i >>> 3] |= (byte) (bit << (i & 7));
    }
    MemorySegment.copy(bits, 0, memory, ValueLayout.JAVA_BYTE, at, bits.length);
  }

  private static void gatherInts(MemorySegment memory, long at, int[] from, int rows) {
    int[] old = new int[rows];
    MemorySegment.copy(memory, SlotLayout.INT, at, old, 0, rows);
    for (int i = 0; i < from.length; i++) {
      memory.set(SlotLayout.INT, at + 4L * i, old[from[i]]);
    }
  }

  private static void gatherLongs(MemorySegment memory, long at, int[] from, int rows) {
    long[] old = new long[rows];
    MemorySegment.copy(memory, SlotLayout.LONG, at, old, 0, rows);
    for (int i = 0; i < from.length; i++) {
      memory.set(SlotLayout.LONG, at + 8L * i, old[from[i]]);
    }
  }

  private static void gatherIndices(ColumnBuffer column, int[] from, int rows) {
    int[] old = java.util.Arrays.copyOf(column.offsets, rows);
    int[] indices = column.offsets(from.length);
    for (int i = 0; i < from.length; i++) {
      indices[i] = old[from[i]];
    }
  }

  private static void gatherBytes(ColumnBuffer column, int[] from, int rows) {
    int[] old = java.util.Arrays.copyOf(column.offsets, rows + 1);
    byte[] data = new byte[column.used];
    MemorySegment.copy(column.memory, ValueLayout.JAVA_BYTE, column.dataAt, data, 0, data.length);
    int[] offsets = column.offsets(from.length + 1);
    int unit = column.unit;
    int end = 0;
    offsets[0] = 0;
    for (int i = 0; i < from.length; i++) {
      int start = old[from[i]];
      int length = old[from[i] + 1] - start;
      MemorySegment.copy(
          data,
          start * unit,
          column.memory,
          ValueLayout.JAVA_BYTE,
          column.dataAt + (long) end * unit,
          length * unit);
      end += length;
      offsets[i + 1] = end;
    }
    column.used = end * unit;
  }
}
