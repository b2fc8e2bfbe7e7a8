package io.forebay.formats.internal.bytes;

/**
 * What some programs write before a text, to say how it is encoded. That of UTF-8 is skipped, at
 * the start of any line, because files are joined and lines sent one by one; those of other
 * encodings, which nothing here reads, refuse the text.
 */
public final class ByteOrderMark {
  /** Why a text in another encoding is not read. */
  public static final String REFUSAL =
      "the text is UTF-16 or UTF-32, as its byte order mark says, and only UTF-8 is read: send or"
          + " convert it as UTF-8";

  private static final int BYTES = 3;

  private ByteOrderMark() {}

  /**
   * The index behind the mark of UTF-8 at {@code at}, or {@code at}; a newline follows the text.
   */
  public static int skip(byte[] bytes, int at) {
    return isAt(bytes, at) ? at + BYTES : at;
  }

  /** Whether the mark of UTF-8 is at {@code at}. */
  public static boolean isAt(byte[] bytes, int at) {
    return bytes[at] == (byte) 0xEF && bytes[at + 1] == (byte) 0xBB && bytes[at + 2] == (byte) 0xBF;
  }

  /** Whether the text of {@code [from, to)} begins with the mark of another encoding. */
  public static boolean isOther(byte[] bytes, int from, int to) {
    if (to - from < 2) {
      return false;
    }
    int first = bytes[from] & 0xFF;
    int second = bytes[from + 1] & 0xFF;
    return (first == 0xFF && second == 0xFE)
        || (first == 0xFE && second == 0xFF)
        || (to - from >= 4
            && first == 0
            && second == 0
            && bytes[from + 2] == (byte) 0xFE
            && bytes[from + 3] == (byte) 0xFF);
  }
}
