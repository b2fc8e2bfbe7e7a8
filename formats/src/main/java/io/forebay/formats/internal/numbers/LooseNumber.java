package io.forebay.formats.internal.numbers;

import io.forebay.formats.internal.bytes.Words;

/**
 * Numbers as programs and devices write them, made JSON numbers: {@code +1}, {@code 007}, {@code
 * .5} and {@code 5.} become {@code 1}, {@code 7}, {@code 0.5} and {@code 5.0}; the digits stay.
 */
public final class LooseNumber {
  /** Longer ones are refused, see {@link Decimal}. */
  private static final int MOST_CHARACTERS = 1_000;

  private final byte[] json = new byte[MOST_CHARACTERS + 8 + Words.PADDING];
  private int length;

  /** Whether {@code [from, to)} is such a number: then {@link #json} is it. */
  public boolean scan(byte[] bytes, int from, int to) {
    if (to - from > MOST_CHARACTERS) {
      return false;
    }
    length = 0;
    int p = from;
    if (p < to && (bytes[p] == '-' || bytes[p] == '+')) {
      if (bytes[p] == '-') {
        json[length++] = '-';
      }
      p++;
    }
    int first = p;
    while (p < to - 1 && bytes[p] == '0' && isDigit(bytes[p + 1])) {
      p++;
    }
    int digits = p;
    p = copyDigits(bytes, p, to);
    if (p == digits) {
      json[length++] = '0';
    }
    boolean some = p > first;
    if (p < to && bytes[p] == '.') {
      json[length++] = '.';
      int point = ++p;
      p = copyDigits(bytes, p, to);
      some |= p > point;
      if (p == point) {
        json[length++] = '0';
      }
    }
    if (!some) {
      return false;
    }
    if (p < to && (bytes[p] | 0x20) == 'e') {
      json[length++] = 'e';
      p++;
      if (p < to && (bytes[p] == '-' || bytes[p] == '+')) {
        json[length++] = bytes[p++];
      }
      int exponent = p;
      p = copyDigits(bytes, p, to);
      if (p == exponent) {
        return false;
      }
    }
    json[length] = '\n';
    return p == to;
  }

  private int copyDigits(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && isDigit(bytes[p])) {
      json[length++] = bytes[p++];
    }
    return p;
  }

  public static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** The number in JSON, with a newline behind it. */
  public byte[] json() {
    return json;
  }

  public int length() {
    return length;
  }
}
