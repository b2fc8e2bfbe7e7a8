package io.forebay.connectors.http;

import java.nio.charset.StandardCharsets;

/**
 * Finds the line of a bad record in a body of lines, from its number among the records and its
 * beginning. Used by one thread, for one body after the other; numbers ascend.
 */
final class LineNumbers {
  private static final int COMPARED = 64;

  private byte[] body = new byte[0];
  private int length;
  private boolean comments;
  private int at;
  private int line;
  private long record;

  /**
   * Begins with a body.
   *
   * @param comments whether a line that begins with # is no record
   */
  void begin(byte[] bytes, int bodyBytes, boolean comments) {
    this.body = bytes;
    this.length = bodyBytes;
    this.comments = comments;
    at = BodyDecoder.mark(bytes, bodyBytes);
    line = 0;
    record = 0;
  }

  /** {@code line 3}, or {@code record 3} if there is no line that fits. */
  String place(long number, String excerpt) {
    byte[] start = excerpt.getBytes(StandardCharsets.UTF_8);
    int newline = excerpt.indexOf('\n');
    int compared = Math.min(COMPARED, newline < 0 ? start.length : newline);
    while (at < length) {
      int end = at;
      while (end < length && body[end] != '\n') {
        end++;
      }
      int from = at;
      at = end + 1;
      line++;
      int first = from;
      while (first < end && (body[first] == ' ' || body[first] == '\t' || body[first] == '\r')) {
        first++;
      }
      if (first == end || (comments && body[first] == '#')) {
        continue;
      }
      record++;
      // A text in quotes may hold newlines: then a record has several lines.
      boolean fits =
          startsWith(from, end, start, compared) || startsWith(first, end, start, compared);
      if (record >= number && fits) {
        record = number;
        return "line " + line;
      }
    }
    return "record " + number;
  }

  private boolean startsWith(int from, int end, byte[] start, int compared) {
    int i = 0;
    while (i < compared && from + i < end && body[from + i] == start[i]) {
      i++;
    }
    // What is no UTF-8 looks different in the excerpt.
    return i == compared || (i < start.length && start[i] == (byte) 0xEF);
  }
}
