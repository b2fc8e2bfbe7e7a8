package io.forebay.connectors.net;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The first line of an HTTP request. A page may let a browser post to any address that it reaches,
 * and a line of the posted text might be a record: so a connection that begins like that is no
 * sender of lines.
 */
final class HttpRequestLine {
  static final String REFUSAL =
      "the connection sends an HTTP request, not lines, so it was closed and nothing of it was"
          + " taken: post to a source of type http";

  private static final int MOST_BYTES = 16 << 10;
  private static final Pattern LINE = Pattern.compile("[A-Z]{3,10} \\S+ HTTP/[0-9.]+\r?");

  private HttpRequestLine() {}

  /** Whether the line, without its newline, is one. */
  static boolean is(byte[] bytes, int from, int to) {
    int length = Math.min(to - from, MOST_BYTES);
    // Cheap for all others.
    if (length < 14 || bytes[from] < 'A' || bytes[from] > 'Z') {
      return false;
    }
    return LINE.matcher(new String(bytes, from, length, StandardCharsets.ISO_8859_1)).matches();
  }
}
