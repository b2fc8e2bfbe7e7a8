package io.forebay.formats.internal.bytes;

/**
 * Checks UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
 */
public final class Utf8 {
  private Utf8() {}

  /**
   * The index behind the character at {@code p}, whose first byte is not ASCII, or -1 if it is
   * broken. A newline or {@code end} within it breaks it.
   */
  public static int next(byte[] bytes, int p) {
    int first = bytes[p] & 0xFF;
    if (first < 0xC2) {
      return -1;
    }
    if (first < 0xE0) {
      return isContinuation(bytes[p + 1]) ? p + 2 : -1;
    }
    int second = bytes[p + 1] & 0xFF;
    if (first < 0xF0) {
      boolean allowed =
          (first == 0xE0 ? second >= 0xA0 : second >= 0x80)
              && (first == 0xED ? second <= 0x9F : second <= 0xBF);
      return allowed && isContinuation(bytes[p + 2]) ? p + 3 : -1;
    }
    boolean allowed =
        first <= 0xF4
            && (first == 0xF0 ? second >= 0x90 : second >= 0x80)
            && (first == 0xF4 ? second <= 0x8F : second <= 0xBF);
    return allowed && isContinuation(bytes[p + 2]) && isContinuation(bytes[p + 3]) ? p + 4 : -1;
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }

  /** Writes the character and returns the index behind it; {@code bytes} has room for 4. */
  public static int encode(int codePoint, byte[] bytes, int at) {
    int p = at;
    if (codePoint < 0x80) {
      bytes[p++] = (byte) codePoint;
    } else if (codePoint < 0x800) {
      bytes[p++] = (byte) (0xC0 | (codePoint >> 6));
      bytes[p++] = (byte) (0x80 | (codePoint & 0x3F));
    } else if (codePoint < 0x10000) {
      bytes[p++] = (byte) (0xE0 | (codePoint >> 12));
      bytes[p++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
      bytes[p++] = (byte) (0x80 | (codePoint & 0x3F));
    } else {
      bytes[p++] = (byte) (0xF0 | (codePoint >> 18));
      bytes[p++] = (byte) (0x80 | ((codePoint >> 12) & 0x3F));
      bytes[p++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
      bytes[p++] = (byte) (0x80 | (codePoint & 0x3F));
    }
    return p;
  }
}
