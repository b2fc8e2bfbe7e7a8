package io.forebay.formats.internal.points;

import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.Utf8;
import io.forebay.formats.internal.bytes.Words;
import java.nio.charset.StandardCharsets;

/** A name, tag or quoted text of line protocol, without its backslashes. Used again and again. */
final class LineProtocolText {
  /** In a measurement, commas and spaces end it; an equals sign does not. */
  static final boolean MEASUREMENT = false;

  static final boolean KEY = true;

  private byte[] bytes = new byte[0];
  private int from;
  private int length;
  private byte[] unescaped = new byte[64];

  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int length() {
    return length;
  }

  static String ascii(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /**
   * Reads up to what ends it: a comma, a space, a newline and, unless it is a measurement, an
   * equals sign, without a backslash before it.
   *
   * @return the index of what ends it
   */
  int scan(byte[] text, int start, boolean equalsSign) throws BadRecord {
    boolean escaped = false;
    int p = start;
    while (true) {
      byte b = text[p];
      if (b == ',' || b == ' ' || (b == '=' && equalsSign)) {
        if (p == start || text[p - 1] != '\\') {
          break;
        }
        escaped = true;
      } else if (b == '\n' || (b == '\r' && text[p + 1] == '\n')) {
        break;
      } else if (b < 0) {
        p = character(text, p);
        continue;
      } else if (b == 0) {
        throw new BadRecord(p, "a NUL outside of quotes: is the text UTF-16? Only UTF-8 is read");
      }
      p++;
    }
    bytes = text;
    from = start;
    length = p - start;
    if (escaped) {
      unescape(text, start, p, equalsSign);
    }
    return p;
  }

  private void unescape(byte[] text, int start, int end, boolean equalsSign) {
    int to = room(end - start);
    for (int i = start; i < end; i++) {
      byte next = i + 1 < end ? text[i + 1] : 0;
      boolean isEscape = next == ',' || next == ' ' || (next == '=' && equalsSign);
      if (text[i] != '\\' || !isEscape) {
        unescaped[to++] = text[i];
      }
    }
    took(to);
  }

  /**
   * Reads a text in quotes, in which backslashes stand before quotes and backslashes.
   *
   * @return the index behind the closing quote
   */
  int scanQuoted(byte[] text, int quote, int limit) throws BadRecord {
    int start = quote + 1;
    boolean escaped = false;
    int p = start;
    while (p < limit && text[p] != '"') {
      if (text[p] < 0) {
        p = character(text, p);
      } else if (text[p] == '\\' && p + 1 < limit && (text[p + 1] == '"' || text[p + 1] == '\\')) {
        escaped = true;
        p += 2;
      } else {
        p++;
      }
    }
    if (p >= limit) {
      throw new BadRecord(quote, "a text is not closed");
    }
    bytes = text;
    from = start;
    length = p - start;
    if (escaped) {
      int to = room(length);
      for (int i = start; i < p; i++) {
        boolean isEscape = text[i] == '\\' && (text[i + 1] == '"' || text[i + 1] == '\\');
        i += isEscape ? 1 : 0;
        unescaped[to++] = text[i];
      }
      took(to);
    }
    return p + 1;
  }

  private static int character(byte[] text, int p) throws BadRecord {
    int next = Utf8.next(text, p);
    if (next < 0) {
      throw new BadRecord(p, "broken UTF-8");
    }
    return next;
  }

  private int room(int size) {
    if (unescaped.length < size + Words.PADDING) {
      unescaped = new byte[2 * size + Words.PADDING];
    }
    return 0;
  }

  private void took(int to) {
    // Something that is no digit, for numbers.
    unescaped[to] = '\n';
    bytes = unescaped;
    from = 0;
    length = to;
  }
}
