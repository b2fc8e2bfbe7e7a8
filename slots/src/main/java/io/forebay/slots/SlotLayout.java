package io.forebay.slots;

import io.forebay.RowShape;
import io.forebay.columns.ColumnType;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Where everything lies in a slot; {@code docs/specs/batch-layout.md} draws it. All numbers are
 * little endian; all places are bytes from the start of the slot.
 *
 * <pre>
 *   0  header         64 bytes   written by the engine, but for status and crash cursor
 *  64  result words   64 bytes   written by the worker
 * 128  directory      64 bytes a physical column, written by the engine
 *  ..  buffers        each at a multiple of 64
 * </pre>
 */
final class SlotLayout {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** {@code FBSL}, as it reads in memory. */
  static final int MAGIC = 0x4C534246;

  static final int VERSION = 1;

  // ------------------------------------------------------------------ header, places of int32
  static final int MAGIC_AT = 0;
  static final int VERSION_AT = 4;

  /** int64. */
  static final int SEQUENCE_AT = 8;

  /** Changes whenever the places of the buffers change. */
  static final int GENERATION_AT = 16;

  /** Changes whenever the engine hands the slot over; echoed by the worker. */
  static final int SUBMISSION_AT = 20;

  static final int ROWS_AT = 24;
  static final int ROW_CAPACITY_AT = 28;
  static final int COLUMNS_AT = 32;
  static final int MARKS_AT = 36;
  static final int ORIGINS_AT = 40;
  static final int REJECTIONS_AT = 44;
  static final int REJECTIONS_BYTES_AT = 48;

  /** Changes whenever the directory or the places from {@code GENERATION} on do. */
  static final int DIRECTORY_STAMP_AT = 52;

  static final int STATUS_AT = 56;
  static final int CURSOR_AT = 60;

  // ------------------------------------------------------------------ result words
  static final int RESULT_AT = 64;
  static final int ECHO_AT = 64;
  static final int STAGE_AT = 68;
  static final int SHAPE_AT = 72;
  static final int ROWS_IN_AT = 76;

  /** Rows of the output columns: {@code ROWS_IN}, or with {@code ANY} the rows emitted. */
  static final int OUTPUT_ROWS_AT = 80;

  static final int FILTERED_AT = 84;
  static final int REJECTED_AT = 88;

  /** Entries at the start of the rejection area. */
  static final int ENTRIES_AT = 92;

  static final int OVERFLOW_ROW_AT = 96;

  /** Where the texts of the rejection area begin, from its start. */
  static final int TEXTS_AT = 100;

  /** int64. */
  static final int SERVICE_NANOS_AT = 104;

  /** int64. */
  static final int CPU_NANOS_AT = 112;

  /** int64. */
  static final int RUN_DELAY_NANOS_AT = 120;

  // ------------------------------------------------------------------ directory
  static final int DIRECTORY_AT = 128;
  static final int ENTRY_BYTES = 64;

  /** Places within a directory entry. */
  static final int TYPE = 0;

  static final int ENCODING = 4;
  static final int NULLS = 8;
  static final int DICTIONARY_ENTRIES = 12;
  static final int VALIDITY = 16;
  static final int OFFSETS = 20;
  static final int DICTIONARY = 24;
  static final int DATA = 28;
  static final int DATA_BYTES = 32;
  static final int DATA_USED = 36;

  // ------------------------------------------------------------------ codes
  static final int STATUS_NONE = 0;
  static final int STATUS_RUNNING = 1;
  static final int STATUS_DONE = 2;
  static final int STATUS_OVERFLOWED = 3;

  static final int ENCODING_FIXED = 0;
  static final int ENCODING_PLAIN = 1;
  static final int ENCODING_DICTIONARY = 2;

  static final byte MARK_KEPT = 0;
  static final byte MARK_FILTERED = 1;
  static final byte MARK_REJECTED = 2;

  /** Buffers begin at multiples of this. */
  static final int ALIGNMENT = 64;

  private SlotLayout() {}

  /** The number that stands for a row shape. */
  static int code(RowShape shape) {
    return switch (shape) {
      case SAME -> 0;
      case FEWER -> 1;
      case ANY -> 2;
    };
  }

  /** The number that stands for a column type. */
  static int code(ColumnType type) {
    return switch (type) {
      case BOOL -> 0;
      case INT32 -> 1;
      case INT64 -> 2;
      case FLOAT32 -> 3;
      case FLOAT64 -> 4;
      case TIMESTAMP_MS -> 5;
      case TIMESTAMP_US -> 6;
      case TIMESTAMP_NS -> 7;
      case STRING -> 8;
      case BINARY -> 9;
      case FLOAT64_LIST -> 10;
    };
  }

  /** {@code bytes} rounded up to the next place where a buffer may begin. */
  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** Bytes of a bitmap of {@code bits}, in whole 64-bit words. */
  static long bitmapBytes(long bits) {
    return (bits + 63) >>> 6 << 3;
  }

  /** Where the buffers begin behind the directory of {@code columns}. */
  static long buffersAt(int columns) {
    return aligned(DIRECTORY_AT + (long) ENTRY_BYTES * columns);
  }
}
