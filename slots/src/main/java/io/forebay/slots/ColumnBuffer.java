package io.forebay.slots;

import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One physical column of one slot: where its buffers lie, what they hold now, how rows are
 * appended, and how it is read.
 *
 * <p>In the engine the offsets of variable-width columns and the indices of dictionaries live on
 * the heap; the slot has a copy for worker processes. So whatever a worker does to the slot, the
 * engine reads only within the column's own bytes.
 */
final class ColumnBuffer {
  /** Bytes a row of variable width is thought to have before any was seen. */
  private static final double FIRST_AVERAGE = 32;

  /** Rows of an average batch weigh as much as this many in the running average. */
  private static final double AVERAGE_ROWS = 256;

  /** Fewer rows do not tell whether values repeat. */
  private static final int DICTIONARY_MIN_ROWS = 16;

  /** How many batches are plain after one in which values did not repeat. */
  private static final int PLAIN_BATCHES = 32;

  final Field field;
  final ColumnType type;

  /** What stands for the type in the directory. */
  final int typeCode;

  /** Bytes of a value, 0 for bits, -1 where it varies. */
  final int width;

  /** Bytes that an offset counts: 8 for lists, otherwise 1. */
  final int unit;

  final boolean output;
  final MemorySegment memory;
  private final MemorySegment readOnly;
  private final @Nullable Dictionary dictionary;

  /** Set by {@link Geometry}. */
  int validityAt;

  int offsetsAt;
  int dictionaryAt;
  int dataAt;
  int dataBytes;

  /** Counts how often the buffers have moved. */
  int moves;

  /** What the buffers hold now. */
  int encoding;

  boolean nulls;
  int used;
  int entries;
  int[] offsets = new int[1];
  int[] entryOffsets = new int[1];

  private double average = FIRST_AVERAGE;
  private int plainBatches;
  private int pending;

  private @Nullable Column cached;
  private int cachedRows;
  private int cachedStamp;
  private boolean cachedNulls;
  private int @Nullable [] cachedOffsets;

  ColumnBuffer(
      Field field, boolean output, boolean repeats, MemorySegment memory, MemorySegment readOnly) {
    this.field = field;
    this.type = field.type();
    this.typeCode = SlotLayout.code(type);
    this.width = type.width();
    this.unit = type == ColumnType.FLOAT64_LIST ? 8 : 1;
    this.output = output;
    this.memory = memory;
    this.readOnly = readOnly;
    this.dictionary = repeats ? new Dictionary() : null;
    this.encoding = isVariable() ? SlotLayout.ENCODING_PLAIN : SlotLayout.ENCODING_FIXED;
  }

  boolean isVariable() {
    return width < 0;
  }

  /** Whether batches of this column may be dictionary-encoded. */
  boolean canRepeat() {
    return dictionary != null;
  }

  boolean isDictionary() {
    return encoding == SlotLayout.ENCODING_DICTIONARY;
  }

  /** Bytes of variable width to make room for, for each row. */
  double weight() {
    return output ? Math.max(64, 1.5 * average) : Math.max(2, 1.25 * average);
  }

  /** Learns from a batch of {@code rows} rows that used {@link #used} bytes. */
  void observe(int rows) {
    if (!isVariable() || rows == 0) {
      return;
    }
    average += ((double) used / rows - average) * (rows / (rows + AVERAGE_ROWS));
    if (isDictionary() && rows >= DICTIONARY_MIN_ROWS && entries > rows / 2) {
      plainBatches = PLAIN_BATCHES;
    }
  }

  /** Empties the column for another batch. */
  void reset() {
    nulls = false;
    used = 0;
    if (isVariable()) {
      resetVariable();
    }
  }

  private void resetVariable() {
    entries = 0;
    offsets[0] = 0;
    if (dictionary == null) {
      return;
    }
    if (plainBatches > 0) {
      plainBatches--;
      encoding = SlotLayout.ENCODING_PLAIN;
    } else {
      dictionary.clear();
      encoding = SlotLayout.ENCODING_DICTIONARY;
    }
  }

  /** The buffers have moved. */
  void moved() {
    cached = null;
    moves++;
  }

  // ------------------------------------------------------------------ appending

  /** Whether the value fits; {@link #put} of the same value may follow then. */
  boolean admits(StagedRow row, int index) {
    if (!row.set[index]) {
      return true;
    }
    int length = row.lengths[index];
    if (isDictionary() && dictionary != null) {
      pending = dictionary.find(row.bytes, row.starts[index], length);
      if (pending >= 0) {
        return true;
      }
    }
    return length <= dataBytes - used;
  }

  /** Appends the value as row {@code at}; null where it is not set. */
  void put(int at, StagedRow row, int index) {
    boolean valid = row.set[index];
    if (!valid || nulls) {
      putValidity(at, valid);
    }
    switch (width) {
      case 0 -> putBit(dataAt, at, valid && row.numbers[index] != 0);
      case 4 -> putInt(at, valid ? (int) row.numbers[index] : 0);
      case 8 -> putLong(at, valid ? row.numbers[index] : 0);
      default -> {
        if (isDictionary()) {
          putEntry(at, row, index, valid);
        } else {
          putBytes(at, row, index, valid);
        }
      }
    }
  }

  void putInt(int at, int value) {
    memory.set(SlotLayout.INT, dataAt + 4L * at, value);
  }

  void putLong(int at, long value) {
    memory.set(SlotLayout.LONG, dataAt + 8L * at, value);
  }

  private void putBytes(int at, StagedRow row, int index, boolean valid) {
    int[] ends = offsets(at + 2);
    if (at == 0) {
      ends[0] = 0;
    }
    if (valid) {
      used = copyIn(row, index);
    }
    ends[at + 1] = used / unit;
  }

  private void putEntry(int at, StagedRow row, int index, boolean valid) {
    Dictionary values = Objects.requireNonNull(dictionary);
    int entry;
    if (!valid) {
      // The index of a null row is 0, so there has to be an entry 0.
      entry = 0;
      if (values.size() == 0 && values.find(row.bytes, 0, 0) < 0) {
        added(values.add(row.bytes, 0, 0), values);
      }
    } else {
      entry = pending;
      if (entry < 0) {
        entry = values.add(row.bytes, row.starts[index], row.lengths[index]);
        used = copyIn(row, index);
        added(entry, values);
      }
    }
    offsets(at + 1)[at] = entry;
  }

  private void added(int entry, Dictionary values) {
    entries = entry + 1;
    entryOffsets = values.offsets();
  }

  private int copyIn(StagedRow row, int index) {
    int length = row.lengths[index];
    MemorySegment.copy(
        row.bytes, row.starts[index], memory, ValueLayout.JAVA_BYTE, dataAt + (long) used, length);
    return used + length;
  }

  private void putValidity(int at, boolean valid) {
    if (!nulls) {
      nulls = true;
      Bits.setFirst(memory, validityAt, at);
    }
    putBit(validityAt, at, valid);
  }

  /** Appends a bit behind those before it; the bits behind it need no clearing so. */
  private void putBit(long bitmapAt, int at, boolean value) {
    if ((at & 7) == 0) {
      memory.set(ValueLayout.JAVA_BYTE, bitmapAt + (at >>> 3), (byte) (value ? 1 : 0));
    } else {
      Bits.set(memory, bitmapAt, at, value);
    }
  }

  /** Leaves the first {@code rows} rows. */
  void truncate(int rows) {
    if (isVariable() && !isDictionary()) {
      used = offsets[rows] * unit;
    }
  }

  /** The heap's offsets or indices with room for {@code size}. */
  int[] offsets(int size) {
    if (offsets.length < size) {
      offsets = Arrays.copyOf(offsets, Math.max(size, Math.max(64, 2 * offsets.length)));
    }
    return offsets;
  }

  // ------------------------------------------------------------------ reading

  /**
   * The column as functions and sinks see it.
   *
   * @param stamp changes whenever the content does
   * @param attached whether the slot is another process's, so that only its memory counts
   */
  @SuppressWarnings("ReferenceEquality") // the same array, or another one with the same numbers
  Column view(int rows, int stamp, boolean attached) {
    Column column = cached;
    if (column != null
        && cachedRows == rows
        && cachedNulls == nulls
        && cachedOffsets == offsets
        && (cachedStamp == stamp || type != ColumnType.STRING)) {
      return column;
    }
    column = ColumnView.of(this, readOnly, rows, attached);
    cached = column;
    cachedRows = rows;
    cachedNulls = nulls;
    cachedOffsets = offsets;
    cachedStamp = stamp;
    return column;
  }

  // ------------------------------------------------------------------ what a worker wrote

  /**
   * Takes over what a worker wrote as the column's rows, after checking it.
   *
   * @throws CorruptSlotException if it is nonsense
   */
  void accept(int rows, int slot) {
    nulls = field.nullable() && !Bits.allSet(memory, validityAt, rows);
    if (!isVariable()) {
      return;
    }
    encoding = SlotLayout.ENCODING_PLAIN;
    int[] ends = offsets(rows + 1);
    MemorySegment.copy(memory, SlotLayout.INT, offsetsAt, ends, 0, rows + 1);
    if (ends[0] != 0) {
      throw corrupt(slot, "begins at offset " + ends[0]);
    }
    for (int row = 0; row < rows; row++) {
      if (ends[row + 1] < ends[row]) {
        throw corrupt(
            slot, "has offset " + ends[row + 1] + " behind " + ends[row] + " at row " + row);
      }
    }
    long bytes = (long) ends[rows] * unit;
    if (bytes > dataBytes) {
      throw corrupt(slot, "claims " + bytes + " of " + dataBytes + " bytes");
    }
    used = (int) bytes;
    if (type == ColumnType.STRING && !Utf8Check.valid(memory, dataAt, ends, rows)) {
      throw corrupt(slot, "is not UTF-8");
    }
    observe(rows);
  }

  private CorruptSlotException corrupt(int slot, String what) {
    return new CorruptSlotException(
        "slot " + slot + ": output column '" + field.name() + "' " + what);
  }
}
