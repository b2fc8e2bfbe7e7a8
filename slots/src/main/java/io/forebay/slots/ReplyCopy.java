package io.forebay.slots;

import io.forebay.RowShape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * What a call has written into a reply buffer: for the worker a number that stands for it, for the
 * engine a copy of it in the slot, made only where that number is still the same. Between the end
 * of a call and the copy the worker is in its next call, which may write where it should not.
 *
 * <p>The same places in both: status, crash cursor and result words; of a call that has ended well
 * also the output columns, marks, origins and rejections, as far as they are in use. Numbers that
 * say how far are believed within the bounds of the slot only.
 */
final class ReplyCopy {
  private final Slot slot;
  private final SlotSchema schema;
  private final CRC32 crc = new CRC32();

  /** The address of {@link #view}. */
  private long viewed = -1;

  private ByteBuffer view = ByteBuffer.allocate(0);

  private MemorySegment from;
  private MemorySegment to;
  private boolean copies;

  ReplyCopy(Slot slot, SlotSchema schema) {
    this.slot = slot;
    this.schema = schema;
    this.from = slot.memory();
    this.to = slot.memory();
  }

  /** In a worker. */
  long sum(MemorySegment reply, int stage) {
    from = reply;
    to = reply;
    copies = false;
    visit(stage);
    return crc.getValue();
  }

  /** In the engine. */
  void take(MemorySegment reply, int stage, long seal) {
    from = reply;
    to = slot.memory();
    copies = true;
    visit(stage);
    if (crc.getValue() != seal) {
      throw corrupt("what it returned was overwritten before it was taken");
    }
  }

  private void visit(int stage) {
    crc.reset();
    range(SlotLayout.STATUS_AT, SlotLayout.DIRECTORY_AT - SlotLayout.STATUS_AT);
    if (to.get(SlotLayout.INT, SlotLayout.STATUS_AT) != SlotLayout.STATUS_DONE) {
      return;
    }
    Geometry.RowBuffers places = slot.places();
    int rows = word(SlotLayout.OUTPUT_ROWS_AT, places.rowCapacity);
    for (int i = schema.firstOutput(stage); i < schema.columnsBefore(stage + 1); i++) {
      column(slot.buffer(i), rows);
    }
    if (word(SlotLayout.FILTERED_AT, slot.rows()) + word(SlotLayout.REJECTED_AT, slot.rows()) > 0) {
      range(places.marksAt, slot.rows());
    }
    if (word(SlotLayout.SHAPE_AT, 2) == SlotLayout.code(RowShape.ANY)) {
      range(places.originsAt, 4L * rows);
    }
    int area = places.rejectionsBytes;
    int entries = word(SlotLayout.ENTRIES_AT, area / RejectionArea.ENTRY_BYTES);
    if (entries > 0) {
      int texts = word(SlotLayout.TEXTS_AT, area);
      range(places.rejectionsAt, (long) entries * RejectionArea.ENTRY_BYTES);
      range((long) places.rejectionsAt + texts, area - texts);
    }
  }

  private void column(ColumnBuffer column, int rows) {
    long bitmap = SlotLayout.bitmapBytes(rows);
    if (column.field.nullable()) {
      range(column.validityAt, bitmap);
    }
    if (!column.isVariable()) {
      range(column.dataAt, column.width == 0 ? bitmap : (long) column.width * rows);
      return;
    }
    range(column.offsetsAt, 4L * (rows + 1));
    int end = to.get(SlotLayout.INT, column.offsetsAt + 4L * rows);
    if (end < 0 || (long) end * column.unit > column.dataBytes) {
      throw corrupt("output column '" + column.field.name() + "' ends at offset " + end);
    }
    range(column.dataAt, (long) end * column.unit);
  }

  private int word(int at, int most) {
    int value = to.get(SlotLayout.INT, at);
    if (value < 0 || value > most) {
      throw corrupt("claims " + value + " of " + most);
    }
    return value;
  }

  private void range(long at, long bytes) {
    if (copies) {
      MemorySegment.copy(from, at, to, at, bytes);
    }
    if (viewed != to.address()) {
      view = to.asByteBuffer();
      viewed = to.address();
    }
    crc.update(view.limit((int) (at + bytes)).position((int) at));
  }

  private CorruptSlotException corrupt(String what) {
    return new CorruptSlotException("slot " + slot.number() + ": " + what);
  }
}
