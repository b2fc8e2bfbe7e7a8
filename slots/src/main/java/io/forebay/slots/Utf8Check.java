package io.forebay.slots;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Checks and cuts UTF-8. */
final class Utf8Check {
  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final long NOT_ASCII = 0x8080808080808080L;

  private Utf8Check() {}

  /**
   * Whether {@code count} texts that lie one after another are UTF-8, each for itself: text {@code
   * i} is {@code [offsets[i], offsets[i+1])} of the bytes that begin at {@code at}. The offsets
   * must ascend.
   */
  static boolean valid(MemorySegment memory, long at, int[] offsets, int count) {
    int end = offsets[count];
    if (ascii(memory, at, end)) {
      return true;
    }
    for (int i = 0; i < count; i++) {
      if (!valid(memory, at + offsets[i], at + offsets[i + 1])) {
        return false;
      }
    }
    return true;
  }

  private static boolean ascii(MemorySegment memory, long at, long length) {
    long bits = 0;
    long done = 0;
    for (; done + 8 <= length; done += 8) {
      bits |= memory.get(WORD, at + done);
    }
    for (; done < length; done++) {
      bits |= memory.get(ValueLayout.JAVA_BYTE, at + done);
    }
    return (bits & NOT_ASCII) == 0;
  }

  /** Whether bytes {@code from} to {@code to} are UTF-8 (shortest form, no surrogates). */
  static boolean valid(MemorySegment memory, long from, long to) {
    long at = from;
    while (at < to) {
      int lead = memory.get(ValueLayout.JAVA_BYTE, at++);
      if (lead >= 0) {
        continue;
      }
      int more;
      int low = 0x80;
      int high = 0xBF;
      lead &= 0xFF;
      if (lead >= 0xC2 && lead <= 0xDF) {
        more = 1;
      } else if (lead >= 0xE0 && lead <= 0xEF) {
        more = 2;
        low = lead == 0xE0 ? 0xA0 : low;
        high = lead == 0xED ? 0x9F : high;
      } else if (lead >= 0xF0 && lead <= 0xF4) {
        more = 3;
        low = lead == 0xF0 ? 0x90 : low;
        high = lead == 0xF4 ? 0x8F : high;
      } else {
        return false;
      }
      if (to - at < more) {
        return false;
      }
      for (int i = 0; i < more; i++) {
        int next = memory.get(ValueLayout.JAVA_BYTE, at++) & 0xFF;
        if (next < low || next > high) {
          return false;
        }
        low = 0x80;
        high = 0xBF;
      }
    }
    return true;
  }

  /** The text as at most {@code limit} bytes of UTF-8, cut where a character ends. */
  static byte[] cut(String text, int limit) {
    // A char takes at least one byte, so the rest of a longer text cannot matter.
    String start = text.length() > limit ? text.substring(0, limit) : text;
    byte[] utf8 = start.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= limit) {
      return utf8;
    }
    int end = limit;
    while (end > 0 && (utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    return java.util.Arrays.copyOf(utf8, end);
  }
}
