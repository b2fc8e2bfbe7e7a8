package io.forebay.slots;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Bitmaps in a slot: least significant bit first, beginning at a place in whole bytes. */
final class Bits {
  private Bits() {}

  static boolean get(MemorySegment memory, long at, long bit) {
    return (memory.get(ValueLayout.JAVA_BYTE, at + (bit >>> 3)) >>> (bit & 7) & 1) != 0;
  }

  static void set(MemorySegment memory, long at, long bit, boolean value) {
    long place = at + (bit >>> 3);
    int mask = 1 << (bit & 7);
    int old = memory.get(ValueLayout.JAVA_BYTE, place);
    memory.set(ValueLayout.JAVA_BYTE, place, (byte) (value ? old | mask : old & ~mask));
  }

  /** Sets the bits before {@code bit}; clears the others in its byte. */
  static void setFirst(MemorySegment memory, long at, long bit) {
    long whole = bit >>> 3;
    memory.asSlice(at, whole).fill((byte) 0xFF);
    if ((bit & 7) != 0) {
      memory.set(ValueLayout.JAVA_BYTE, at + whole, (byte) ((1 << (bit & 7)) - 1));
    }
  }

  /** Clears the bits from {@code from} to {@code to}; may clear more in the last byte. */
  static void clear(MemorySegment memory, long at, long from, long to) {
    if (from >= to) {
      return;
    }
    long first = from >>> 3;
    if ((from & 7) != 0) {
      int old = memory.get(ValueLayout.JAVA_BYTE, at + first);
      memory.set(ValueLayout.JAVA_BYTE, at + first, (byte) (old & ((1 << (from & 7)) - 1)));
      first++;
    }
    long end = (to + 7) >>> 3;
    if (end > first) {
      memory.asSlice(at + first, end - first).fill((byte) 0);
    }
  }

  /** Whether the first {@code bits} bits are set; {@code at} is a multiple of 8. */
  static boolean allSet(MemorySegment memory, long at, long bits) {
    long words = bits >>> 6;
    for (long word = 0; word < words; word++) {
      if (memory.get(SlotLayout.LONG, at + 8 * word) != -1L) {
        return false;
      }
    }
    long rest = (1L << (bits & 63)) - 1;
    return rest == 0 || (memory.get(SlotLayout.LONG, at + 8 * words) & rest) == rest;
  }
}
