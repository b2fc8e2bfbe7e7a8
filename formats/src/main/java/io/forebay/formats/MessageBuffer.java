package io.forebay.formats;

import io.forebay.formats.internal.bytes.Words;

/**
 * A copy of a message that can be scanned as a file's lines are: with a newline behind it, and room
 * for words that are read beyond it.
 */
final class MessageBuffer {
  private static final int KEPT_BYTES = 1 << 20;

  private byte[] bytes = new byte[1024];
  private int end;

  /** Takes the message, which lies at index 0 then. */
  byte[] load(byte[] message, int from, int length) {
    int room = length + 1 + Words.PADDING;
    if (bytes.length < room || (bytes.length > KEPT_BYTES && room < KEPT_BYTES)) {
      bytes = new byte[Math.max(1024, room + (room >> 1))];
    }
    System.arraycopy(message, from, bytes, 0, length);
    bytes[length] = '\n';
    end = length;
    return bytes;
  }

  /**
   * Takes the message with each newline as a carriage return: in JSON both are whitespace between
   * tokens and forbidden within strings, so the message is one line for the scanner.
   */
  byte[] loadAsLine(byte[] message, int from, int length) {
    byte[] line = load(message, from, length);
    for (int i = 0; i < length; i++) {
      if (line[i] == '\n') {
        line[i] = '\r';
      }
    }
    return line;
  }

  /** Where the message ends; a newline is there. */
  int end() {
    return end;
  }
}
