package io.forebay.formats.internal.bytes;

import io.forebay.Rejection;

/** A record cannot be read. */
public final class BadRecord extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int FOUND_BYTES = 40;

  /** Where in the buffer; -1 where the place says nothing. */
  private final int at;

  public BadRecord(int at, String reason) {
    super(reason, null, false, false);
    this.at = at;
  }

  /** The sentence for the dead letter: what is wrong, and in which column of the line. */
  public String reason(byte[] bytes, int lineStart) {
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

  /** A short piece of the record for a reason. */
  public static String found(byte[] bytes, int from, int to) {
    Rejection.Text text = Rejection.Text.of(bytes, from, to, FOUND_BYTES);
    return text.cutBytes() > 0 ? text.start() + "…" : text.start();
  }
}
