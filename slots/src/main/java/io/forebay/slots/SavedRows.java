package io.forebay.slots;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Rows on the heap that wait until their slot has taken the rows before them to the sink. */
public final class SavedRows {
  private final int rows;
  private final int stagesDone;
  private final Saved[] columns;

  private SavedRows(int rows, int stagesDone, Saved[] columns) {
    this.rows = rows;
    this.stagesDone = stagesDone;
    this.columns = columns;
  }

  /** How many rows. */
  public int rows() {
    return rows;
  }

  /** Stages whose outputs are among the columns. */
  int stagesDone() {
    return stagesDone;
  }

  /** Copies rows {@code from} to {@code to} of the first {@code count} columns. */
  static SavedRows of(ColumnBuffer[] columns, int count, int stagesDone, int from, int to) {
    Saved[] saved = new Saved[count];
    for (int i = 0; i < count; i++) {
      saved[i] = save(columns[i], from, to);
    }
    return new SavedRows(to - from, stagesDone, saved);
  }

  private static Saved save(ColumnBuffer column, int from, int to) {
    int rows = to - from;
    byte[] validity =
        column.nulls ? bits(column.memory, column.validityAt, from, rows) : new byte[0];
    int[] offsets = new int[0];
    byte[] data;
    if (!column.isVariable()) {
      data =
          column.width == 0
              ? bits(column.memory, column.dataAt, from, rows)
              : bytes(
                  column.memory, column.dataAt + (long) column.width * from, column.width * rows);
    } else if (column.isDictionary()) {
      offsets = Arrays.copyOfRange(column.offsets, from, to);
      data = bytes(column.memory, column.dataAt, column.used);
    } else {
      offsets = Arrays.copyOfRange(column.offsets, from, to + 1);
      int start = offsets[0];
      for (int i = 0; i <= rows; i++) {
        offsets[i] -= start;
      }
      data =
          bytes(
              column.memory,
              column.dataAt + (long) start * column.unit,
              offsets[rows] * column.unit);
    }
    int[] entries = Arrays.copyOf(column.entryOffsets, column.entries + 1);
    return new Saved(column.encoding, column.nulls, validity, offsets, data, entries);
  }

  private static byte[] bytes(MemorySegment memory, long at, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, bytes, 0, length);
    return bytes;
  }

  private static byte[] bits(MemorySegment memory, long at, int from, int count) {
    byte[] bits = new byte[(count + 7) >>> 3];
    for (int i = 0; i < count; i++) {
      if (Bits.get(memory, at, from + (long) i)) {
        bits[i >>> 3] |= (byte) (1 << (i & 7));
      }
    }
    return bits;
  }

  /** Bytes of variable width for each of {@code count} columns. */
  long[] bytes(int count) {
    long[] bytes = new long[count];
    for (int i = 0; i < columns.length; i++) {
      bytes[i] = columns[i].data.length;
    }
    return bytes;
  }

  /** Makes these rows the content of the columns, which have room for them. */
  void putInto(ColumnBuffer[] buffers) {
    for (int i = 0; i < columns.length; i++) {
      put(columns[i], buffers[i]);
    }
  }

  private void put(Saved saved, ColumnBuffer column) {
    column.nulls = saved.nulls;
    MemorySegment.copy(
        saved.validity,
        0,
        column.memory,
        ValueLayout.JAVA_BYTE,
        column.validityAt,
        saved.validity.length);
    MemorySegment.copy(
        saved.data, 0, column.memory, ValueLayout.JAVA_BYTE, column.dataAt, saved.data.length);
    if (column.isVariable()) {
      column.encoding = saved.encoding;
      column.used = saved.data.length;
      column.offsets = Arrays.copyOf(saved.offsets, saved.offsets.length + 1);
      column.entries = saved.entries.length - 1;
      column.entryOffsets = saved.entries.clone();
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Saved(
      int encoding, boolean nulls, byte[] validity, int[] offsets, byte[] data, int[] entries) {}
}
