package io.forebay.slots;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Why rows were rejected. Entries grow from the start of the area, texts from its end; rows that
 * are rejected for the same reason share a text.
 *
 * <pre>
 *   | row, text | row, text | …  free  … | reason bytes, detail bytes, reason, detail | …
 *     int32 ×2                             int32 ×2, then UTF-8, padded to 4 bytes
 * </pre>
 *
 * {@code text} is the place of the text from the start of the area, or -1 where there was no room.
 */
final class RejectionArea {
  static final int MAX_REASON_BYTES = 1 << 10;
  static final int MAX_DETAIL_BYTES = 8 << 10;
  static final int ENTRY_BYTES = 8;
  static final int NO_TEXT = -1;

  /** The reason of a row whose own did not fit. */
  static final String LOST_REASON =
      "rejected; the reason was not kept because it does not fit into a slot";

  /** A reason and its evidence. */
  record Text(String reason, String detail) {}

  private static final Text LOST = new Text(LOST_REASON, "");

  private final MemorySegment memory;
  private final Map<Text, Integer> places = new HashMap<>();
  private int at;
  private int entries;
  private int textsAt;

  RejectionArea(MemorySegment memory) {
    this.memory = memory;
  }

  /** Begins a call whose area is {@code areaBytes} at {@code areaAt} of the slot. */
  void begin(int areaAt, int areaBytes) {
    at = areaAt;
    rewind(0, areaBytes);
  }

  int entries() {
    return entries;
  }

  int textsAt() {
    return textsAt;
  }

  /** Forgets what was added since the area had these entries and texts. */
  void rewind(int toEntries, int toTextsAt) {
    entries = toEntries;
    textsAt = toTextsAt;
    places.clear();
  }

  /** Whether there is room for a row with this reason and evidence, uncut by lack of room. */
  boolean hasRoom(String reason, String detail) {
    if ((entries + 1) * ENTRY_BYTES > textsAt) {
      return false;
    }
    if (places.containsKey(new Text(reason, detail))) {
      return true;
    }
    int bytes =
        Utf8Check.cut(reason, MAX_REASON_BYTES).length
            + Utf8Check.cut(detail, MAX_DETAIL_BYTES).length;
    return textsAt - textBytes(bytes) >= (entries + 1) * ENTRY_BYTES;
  }

  /** Notes why {@code row} is rejected, as far as there is room. */
  void add(int row, String reason, String detail) {
    if ((entries + 1) * ENTRY_BYTES > textsAt) {
      return;
    }
    memory.set(SlotLayout.INT, at + (long) entries * ENTRY_BYTES, row);
    entries++;
    int place = place(new Text(reason, detail));
    memory.set(SlotLayout.INT, at + (long) entries * ENTRY_BYTES - 4, place);
  }

  private int place(Text text) {
    Integer known = places.get(text);
    if (known != null) {
      return known;
    }
    byte[] reason = Utf8Check.cut(text.reason, MAX_REASON_BYTES);
    byte[] detail = Utf8Check.cut(text.detail, MAX_DETAIL_BYTES);
    if (!fits(reason.length + detail.length)) {
      detail = new byte[0];
    }
    if (!fits(reason.length + detail.length)) {
      return NO_TEXT;
    }
    textsAt -= textBytes(reason.length + detail.length);
    long place = (long) at + textsAt;
    memory.set(SlotLayout.INT, place, reason.length);
    memory.set(SlotLayout.INT, place + 4, detail.length);
    MemorySegment.copy(reason, 0, memory, ValueLayout.JAVA_BYTE, place + 8, reason.length);
    MemorySegment.copy(
        detail, 0, memory, ValueLayout.JAVA_BYTE, place + 8 + reason.length, detail.length);
    places.put(text, textsAt);
    return textsAt;
  }

  private boolean fits(int utf8Bytes) {
    return textsAt - textBytes(utf8Bytes) >= entries * ENTRY_BYTES;
  }

  private static int textBytes(int utf8Bytes) {
    return 8 + utf8Bytes + 3 & -4;
  }

  // ------------------------------------------------------------------ reading, by the engine

  /**
   * The reasons of rejected rows, from a copy of an area.
   *
   * @param area the bytes of the area
   * @param count entries
   * @param marks the rows' marks
   * @return for each row its reason; no element for rows that are not rejected
   * @throws CorruptSlotException if the area holds nonsense
   */
  static Text[] read(byte[] area, int count, byte[] marks, int slot) {
    ByteBuffer buffer = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
    if (count < 0 || count > area.length / ENTRY_BYTES) {
      throw new CorruptSlotException("slot " + slot + ": has " + count + " rejection entries");
    }
    Text[] texts = new Text[marks.length];
    Map<Integer, Text> read = new HashMap<>();
    for (int i = 0; i < count; i++) {
      int row = buffer.getInt(i * ENTRY_BYTES);
      int place = buffer.getInt(i * ENTRY_BYTES + 4);
      if (row < 0 || row >= marks.length || marks[row] != SlotLayout.MARK_REJECTED) {
        throw new CorruptSlotException(
            "slot " + slot + ": has a rejection of row " + row + ", which is not rejected");
      }
      if (texts[row] != null) {
        throw new CorruptSlotException("slot " + slot + ": rejects row " + row + " twice");
      }
      Text text = read.get(place);
      if (text == null) {
        text = place == NO_TEXT ? LOST : text(buffer, place, count * ENTRY_BYTES, slot);
        read.put(place, text);
      }
      texts[row] = text;
    }
    for (int row = 0; row < marks.length; row++) {
      if (marks[row] == SlotLayout.MARK_REJECTED && texts[row] == null) {
        texts[row] = LOST;
      }
    }
    return texts;
  }

  private static Text text(ByteBuffer area, int place, int from, int slot) {
    if (place < from || place > area.capacity() - 8 || (place & 3) != 0) {
      throw new CorruptSlotException("slot " + slot + ": has a rejection text at " + place);
    }
    int reason = area.getInt(place);
    int detail = area.getInt(place + 4);
    if (reason < 0
        || reason > MAX_REASON_BYTES
        || detail < 0
        || detail > MAX_DETAIL_BYTES
        || reason + detail > area.capacity() - 8 - place) {
      throw new CorruptSlotException(
          "slot " + slot + ": has a rejection text of " + reason + " and " + detail + " bytes");
    }
    return new Text(
        decode(area, place + 8, reason, slot), decode(area, place + 8 + reason, detail, slot));
  }

  private static String decode(ByteBuffer area, int at, int length, int slot) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(area.slice(at, length)).toString();
    } catch (CharacterCodingException e) {
      throw new CorruptSlotException("slot " + slot + ": has a rejection that is not UTF-8");
    }
  }
}
