package io.forebay.slots;

import java.lang.foreign.MemorySegment;

/**
 * The header and the directory of a slot: the engine publishes them, a worker loads them. Both work
 * on an image on the heap, which is copied as a whole.
 */
final class SlotHeader {
  private final MemorySegment memory;
  private final ColumnBuffer[] columns;
  private final Geometry.RowBuffers places;

  /** What lies in the slot from 0 to the end of the directory, as int32. */
  private final int[] image;

  /** Of the last directory that was published or loaded. */
  private int stamp;

  /** Counts handings over, and calls within the engine's process. */
  private int submission;

  // By the engine: what was the case when it was published last.
  private int generation = -1;
  private int version = -1;
  private int rows;
  private int withContent;
  private int trust;

  SlotHeader(MemorySegment memory, ColumnBuffer[] columns, Geometry.RowBuffers places) {
    this.memory = memory;
    this.columns = columns;
    this.places = places;
    this.image = new int[entry(columns.length)];
  }

  private static int entry(int column) {
    return (SlotLayout.DIRECTORY_AT + SlotLayout.ENTRY_BYTES * column) / 4;
  }

  // ------------------------------------------------------------------ the engine's side

  /** A call begins without a worker of another process. */
  void callHere() {
    submission++;
  }

  /** See {@link Slot#publish}. Nothing is written again that lies there already. */
  void publish(SlotContent content, long sequence, int trust) {
    submission++;
    if (content.version() == version
        && content.rows() == rows
        && content.columnsWithContent() == withContent
        && trust == this.trust) {
      publishAgain();
      return;
    }
    version = content.version();
    rows = content.rows();
    withContent = content.columnsWithContent();
    write(content.generation(), sequence, trust);
  }

  /**
   * Writes the header, the offsets and indices of columns with content, and the directory if it has
   * changed or may have been overwritten.
   */
  private void write(int generation, long sequence, int trust) {
    boolean all = generation != this.generation || trust != this.trust || stamp == 0;
    boolean changed = all;
    for (int i = 0; i < columns.length; i++) {
      ColumnBuffer column = columns[i];
      if (all || column.isVariable() || column.field.nullable()) {
        changed |= describe(column, entry(i));
      }
      if (i < withContent && column.isVariable()) {
        copyOffsets(column, rows);
      }
    }
    if (changed) {
      stamp = stamp == -1 ? 1 : stamp + 1; // never 0, which a worker has before the first
    }
    this.generation = generation;
    this.trust = trust;
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
    set(SlotLayout.DIRECTORY_STAMP_AT, stamp);
    set(SlotLayout.STATUS_AT, SlotLayout.STATUS_NONE);
    set(SlotLayout.CURSOR_AT, -1);
    if (all) {
      copyImage(0, 4 * image.length);
      return;
    }
    copyImage(0, SlotLayout.RESULT_AT);
    if (changed) {
      copyImage(SlotLayout.DIRECTORY_AT, 4 * image.length);
    }
  }

  /** The same as was written is handed over again. */
  private void publishAgain() {
    memory.set(SlotLayout.INT, SlotLayout.SUBMISSION_AT, submission);
    memory.set(SlotLayout.INT, SlotLayout.STATUS_AT, SlotLayout.STATUS_NONE);
    memory.set(SlotLayout.INT, SlotLayout.CURSOR_AT, -1);
  }

  /** Describes the column at that place of the image; whether that changed anything. */
  private boolean describe(ColumnBuffer column, int at) {
    image[at + SlotLayout.TYPE / 4] = column.typeCode;
    image[at + SlotLayout.VALIDITY / 4] = column.validityAt;
    image[at + SlotLayout.OFFSETS / 4] = column.offsetsAt;
    image[at + SlotLayout.DICTIONARY / 4] = column.dictionaryAt;
    image[at + SlotLayout.DATA / 4] = column.dataAt;
    image[at + SlotLayout.DATA_BYTES / 4] = column.dataBytes;
    boolean changed = put(at + SlotLayout.ENCODING / 4, column.encoding);
    changed |= put(at + SlotLayout.NULLS / 4, column.nulls ? 1 : 0);
    changed |= put(at + SlotLayout.DICTIONARY_ENTRIES / 4, column.entries);
    changed |= put(at + SlotLayout.DATA_USED / 4, column.used);
    return changed;
  }

  private boolean put(int at, int value) {
    boolean changed = image[at] != value;
    image[at] = value;
    return changed;
  }

  /** Copies the image's bytes {@code from} to {@code to} into the slot. */
  private void copyImage(int from, int to) {
    MemorySegment.copy(image, from / 4, memory, SlotLayout.INT, from, (to - from) / 4);
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

  /**
   * Takes over what was published last, unless it is known already; the directory only if it is
   * another one.
   *
   * @return whether it was not
   */
  boolean load(int slot, SlotContent content) {
    if (memory.get(SlotLayout.INT, SlotLayout.SUBMISSION_AT) == submission) {
      return false;
    }
    load(slot);
    content.loaded(get(SlotLayout.ROWS_AT), get(SlotLayout.ROW_CAPACITY_AT));
    submission = get(SlotLayout.SUBMISSION_AT);
    return true;
  }

  private void load(int slot) {
    MemorySegment.copy(memory, SlotLayout.INT, 0, image, 0, SlotLayout.RESULT_AT / 4);
    if (get(SlotLayout.MAGIC_AT) != SlotLayout.MAGIC
        || get(SlotLayout.VERSION_AT) != SlotLayout.VERSION
        || get(SlotLayout.COLUMNS_AT) != columns.length
        || get(SlotLayout.ROWS_AT) < 0
        || get(SlotLayout.ROWS_AT) > get(SlotLayout.ROW_CAPACITY_AT)) {
      throw new CorruptSlotException(
          "slot "
              + slot
              + ": has no header of layout version "
              + SlotLayout.VERSION
              + " with "
              + columns.length
              + " columns");
    }
    if (get(SlotLayout.DIRECTORY_STAMP_AT) == stamp) {
      return;
    }
    int directory = SlotLayout.DIRECTORY_AT / 4;
    MemorySegment.copy(
        memory,
        SlotLayout.INT,
        SlotLayout.DIRECTORY_AT,
        image,
        directory,
        image.length - directory);
    stamp = get(SlotLayout.DIRECTORY_STAMP_AT);
    places.rowCapacity = get(SlotLayout.ROW_CAPACITY_AT);
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

  /** Of what was loaded last. */
  long sequence() {
    return Integer.toUnsignedLong(get(SlotLayout.SEQUENCE_AT))
        | (long) get(SlotLayout.SEQUENCE_AT + 4) << 32;
  }

  int submission() {
    return submission;
  }
}
