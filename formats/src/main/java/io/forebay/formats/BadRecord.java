package io.forebay.formats;

import java.nio.charset.StandardCharsets;

/** A record cannot be read. */
final class BadRecord extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int EXCERPT_BYTES = 200;
  private static final int FOUND_BYTES = 40;

  /** Where in the buffer; -1 where the place says nothing. */
  private final int at;

  BadRecord(int at, String reason) {
    super(reason, null, false, false);
    this.at = at;
  }

  /** The sentence for the dead letter: what is wrong, and in which column of the line. */
  String reason(byte[] bytes, int lineStart) {
    String message = String.valueOf(getMessage());
    if (at < lineStart) {
      return message;
    }
    int column = 1;
    for (int i = lineStart; i < at; i++) {
      // Continuation bytes belong to the character before.
      if ((bytes[i] & 0xC0) != 0x80) {
        column++;
      }
    }
    return message + " at column " + column;
  }

  /** The start of the record; broken UTF-8 becomes U+FFFD. */
  static String excerpt(byte[] bytes, int from, int to) {
    return text(bytes, from, to, EXCERPT_BYTES);
  }

  /** A short piece of the record for a reason. */
  static String found(byte[] bytes, int from, int to) {
    String text = text(bytes, from, to, FOUND_BYTES);
    return to - from > FOUND_BYTES ? text + "…" : text;
  }

  private static String text(byte[] bytes, int from, int to, int most) {
    int end = Math.min(to, from + most);
    if (end < to) {
      // Do not cut a character in two: at most three bytes back.
      int cut = end;
      while (cut > from && end - cut < 3 && (bytes[cut] & 0xC0) == 0x80) {
        cut--;
      }
      end = (bytes[cut] & 0xC0) == 0xC0 ? cut : end;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }
}
