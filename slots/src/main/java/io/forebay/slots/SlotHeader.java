package io.forebay.slots;

import java.lang.foreign.MemorySegment;

/**
 * The header and the directory of a slot: the engine publishes them, a worker loads them. Both work
 * on an image on the heap, which is copied as a whole.
 */
final class SlotHeader {
  private final MemorySegment memory;
  private final ColumnBuffer[] columns;
  private final Places places;

  /** What lies in the slot from 0 to the end of the directory, as int32. */
  private final int[] image;

  SlotHeader(MemorySegment memory, ColumnBuffer[] columns, Places places) {
    this.memory = memory;
    this.columns = columns;
    this.places = places;
    this.image = new int[entry(columns.length)];
  }

  private static int entry(int column) {
    return (SlotLayout.DIRECTORY_AT + SlotLayout.ENTRY_BYTES * column) / 4;
  }

  // ------------------------------------------------------------------ the engine's side

  /**
   * Writes header and directory, an empty result, and the offsets and indices of columns with
   * content.
   *
   * @param withContent how many columns, from the first, have content
   */
  void publish(int generation, long sequence, int submission, int rows, int withContent) {
    set(SlotLayout.MAGIC_AT, SlotLayout.MAGIC);
    set(SlotLayout.VERSION_AT, SlotLayout.VERSION);
    set(SlotLayout.SEQUENCE_AT, (int) sequence);
    set(SlotLayout.SEQUENCE_AT + 4, (int) (sequence >>> 32));
    set(SlotLayout.GENERATION_AT, generation);
    set(SlotLayout.SUBMISSION_AT, submission);
    set(SlotLayout.ROWS_AT, rows);
    set(SlotLayout.ROW_CAPACITY_AT, places.rowCapacity);
    set(SlotLayout.COLUMNS_AT, columns.length);
    set(SlotLayout.MARKS_AT, places.marksAt);
    set(SlotLayout.ORIGINS_AT, places.originsAt);
    set(SlotLayout.REJECTIONS_AT, places.rejectionsAt);
    set(SlotLayout.REJECTIONS_BYTES_AT, places.rejectionsBytes);
    set(SlotLayout.STATUS_AT, SlotLayout.STATUS_NONE);
    set(SlotLayout.CURSOR_AT, -1);
    for (int i = 0; i < columns.length; i++) {
      describe(columns[i], entry(i));
      if (i < withContent && columns[i].isVariable()) {
        copyOffsets(columns[i], rows);
      }
    }
    MemorySegment.copy(image, 0, memory, SlotLayout.INT, 0, image.length);
  }

  private void describe(ColumnBuffer column, int at) {
    image[at + SlotLayout.TYPE / 4] = SlotLayout.code(column.type);
    image[at + SlotLayout.ENCODING / 4] = column.encoding;
    image[at + SlotLayout.NULLS / 4] = column.nulls ? 1 : 0;
    image[at + SlotLayout.DICTIONARY_ENTRIES / 4] = column.entries;
    image[at + SlotLayout.VALIDITY / 4] = column.validityAt;
    image[at + SlotLayout.OFFSETS / 4] = column.offsetsAt;
    image[at + SlotLayout.DICTIONARY / 4] = column.dictionaryAt;
    image[at + SlotLayout.DATA / 4] = column.dataAt;
    image[at + SlotLayout.DATA_BYTES / 4] = column.dataBytes;
    image[at + SlotLayout.DATA_USED / 4] = column.used;
  }

  private void copyOffsets(ColumnBuffer column, int rows) {
    if (column.isDictionary()) {
      copy(column.offsets, column.offsetsAt, rows);
      copy(column.entryOffsets, column.dictionaryAt, column.entries + 1);
    } else {
      copy(column.offsets, column.offsetsAt, rows + 1);
    }
  }

  private void copy(int[] heap, int at, int count) {
    MemorySegment.copy(heap, 0, memory, SlotLayout.INT, at, count);
  }

  private void set(int place, int value) {
    image[place / 4] = value;
  }

  // ------------------------------------------------------------------ a worker's side

  /** The submission that lies in the slot now. */
  int publishedSubmission() {
    return memory.get(SlotLayout.INT, SlotLayout.SUBMISSION_AT);
  }

  /** Takes over what was published last. */
  void load(int slot) {
    MemorySegment.copy(memory, SlotLayout.INT, 0, image, 0, image.length);
    if (get(SlotLayout.MAGIC_AT) != SlotLayout.MAGIC
        || get(SlotLayout.VERSION_AT) != SlotLayout.VERSION
        || get(SlotLayout.COLUMNS_AT) != columns.length
        || rows() < 0
        || rows() > rowCapacity()) {
      throw new CorruptSlotException(
          "slot "
              + slot
              + ": has no header of layout version "
              + SlotLayout.VERSION
              + " with "
              + columns.length
              + " columns");
    }
    places.rowCapacity = rowCapacity();
    places.marksAt = get(SlotLayout.MARKS_AT);
    places.originsAt = get(SlotLayout.ORIGINS_AT);
    places.rejectionsAt = get(SlotLayout.REJECTIONS_AT);
    places.rejectionsBytes = get(SlotLayout.REJECTIONS_BYTES_AT);
    for (int i = 0; i < columns.length; i++) {
      load(columns[i], entry(i));
    }
  }

  private void load(ColumnBuffer column, int at) {
    column.encoding = image[at + SlotLayout.ENCODING / 4];
    column.nulls = image[at + SlotLayout.NULLS / 4] != 0;
    column.entries = image[at + SlotLayout.DICTIONARY_ENTRIES / 4];
    column.used = image[at + SlotLayout.DATA_USED / 4];
    int validity = image[at + SlotLayout.VALIDITY / 4];
    int offsets = image[at + SlotLayout.OFFSETS / 4];
    int dictionary = image[at + SlotLayout.DICTIONARY / 4];
    int data = image[at + SlotLayout.DATA / 4];
    int bytes = image[at + SlotLayout.DATA_BYTES / 4];
    if (validity != column.validityAt
        || offsets != column.offsetsAt
        || dictionary != column.dictionaryAt
        || data != column.dataAt
        || bytes != column.dataBytes) {
      column.validityAt = validity;
      column.offsetsAt = offsets;
      column.dictionaryAt = dictionary;
      column.dataAt = data;
      column.dataBytes = bytes;
      column.moved();
    }
  }

  private int get(int place) {
    return image[place / 4];
  }

  int rows() {
    return get(SlotLayout.ROWS_AT);
  }

  int rowCapacity() {
    return get(SlotLayout.ROW_CAPACITY_AT);
  }

  long sequence() {
    return Integer.toUnsignedLong(get(SlotLayout.SEQUENCE_AT))
        | (long) get(SlotLayout.SEQUENCE_AT + 4) << 32;
  }

  int submission() {
    return get(SlotLayout.SUBMISSION_AT);
  }
}
