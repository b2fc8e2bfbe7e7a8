package io.forebay.formats.api;

import io.forebay.errors.ConfigurationException;
import io.forebay.formats.internal.bytes.ByteOrderMark;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes CSV cells as RFC 4180 quotes them. */
public final class CsvText {
  private CsvText() {}

  /**
   * Writes a text; with quotes where it holds a quote, a line end, a NUL or one of the separators
   * that are in use, where it begins as a byte order mark does, which a reader would skip, and
   * where it is empty: an empty cell without quotes is null.
   */
  public static void put(Bytes out, MemorySegment utf8) {
    int length = Math.toIntExact(utf8.byteSize());
    byte[] to = out.room(2 * length + 2);
    int from = out.length();
    MemorySegment.copy(utf8, ValueLayout.JAVA_BYTE, 0, to, from, length);
    if (length > 0 && isPlain(to, from, from + length)) {
      out.length(from + length);
      return;
    }
    int quotes = 0;
    for (int i = from; i < from + length; i++) {
      quotes += to[i] == '"' ? 1 : 0;
    }
    // From the end on, so that nothing is overwritten before it was read.
    int end = from + length + quotes + 2;
    int at = end;
    to[--at] = '"';
    for (int i = from + length - 1; i >= from; i--) {
      byte b = to[i];
      to[--at] = b;
      if (b == '"') {
        to[--at] = '"';
      }
    }
    to[--at] = '"';
    out.length(end);
  }

  /**
   * Refuses what RFC 4180 files are not separated by in practice.
   *
   * @throws ConfigurationException unless it is {@code ,} or {@code ;} or a tab
   */
  public static void checkSeparator(char separator) {
    if (separator != ',' && separator != ';' && separator != '\t') {
      throw new ConfigurationException(
          "a CSV separator of '" + separator + "' is not possible: use , or ; or a tab");
    }
  }

  private static boolean isPlain(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if (b == '"' || b == ',' || b == ';' || b == '\t' || b == '\n' || b == '\r' || b == 0) {
        return false;
      }
    }
    return to - from < 3 || !ByteOrderMark.isAt(bytes, from);
  }
}
