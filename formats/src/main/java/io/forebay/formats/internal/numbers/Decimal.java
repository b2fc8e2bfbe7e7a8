package io.forebay.formats.internal.numbers;

import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.Words;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.io.NumberInput;

/**
 * Reads a JSON number (RFC 8259 §6) from bytes and converts it: to the nearest double, or exactly
 * to an integer. Used again for number after number.
 */
public final class Decimal {
  /** No double or integer needs more; it bounds what one number costs. */
  private static final int MOST_CHARACTERS = 1_000;

  private static final int EXPONENT_BEYOND_EVERYTHING = 100_000;

  /** {@link #power}. */
  private static final double[] POWERS = new double[23];

  private static final float[] FLOAT_POWERS = new float[11];

  static {
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = Double.parseDouble("1e" + i);
    }
    for (int i = 0; i < FLOAT_POWERS.length; i++) {
      FLOAT_POWERS[i] = Float.parseFloat("1e" + i);
    }
  }

  /** Ten to the power of 0 to 22, all of which are exact. */
  public static double power(int exponent) {
    return POWERS[exponent];
  }

  private final char[] characters = new char[MOST_CHARACTERS];
  private int from;
  private int to;
  private boolean negative;

  /** All digits without the point, modulo 2^64: exact while there are at most 19. */
  private long mantissa;

  /** Digits from the first one that is not 0. */
  private int digits;

  /** The value is mantissa × 10^exponent. */
  private int exponent;

  /**
   * Reads the number at {@code from}; {@code bytes} has something behind it that is not a digit.
   *
   * @return the index behind it
   */
  public int scan(byte[] bytes, int from) throws BadRecord {
    this.from = from;
    int p = from;
    negative = bytes[p] == '-';
    if (negative) {
      p++;
    }
    int first = p;
    long m = 0;
    if (bytes[p] == '0') {
      p++;
      if (isDigit(bytes[p])) {
        throw new BadRecord(from, "a number must not begin with 0");
      }
      digits = 0;
    } else {
      for (long word = Words.get(bytes, p); Words.areDigits(word); word = Words.get(bytes, p)) {
        m = m * 100_000_000 + Words.digits(word);
        p += 8;
      }
      for (int digit = bytes[p] - '0'; digit >= 0 && digit <= 9; digit = bytes[p] - '0') {
        m = m * 10 + digit;
        p++;
      }
      if (p == first) {
        throw new BadRecord(from, "expected a digit");
      }
      digits = p - first;
    }
    exponent = 0;
    if (bytes[p] == '.') {
      int point = ++p;
      for (long word = Words.get(bytes, p); Words.areDigits(word); word = Words.get(bytes, p)) {
        m = m * 100_000_000 + Words.digits(word);
        p += 8;
      }
      for (int digit = bytes[p] - '0'; digit >= 0 && digit <= 9; digit = bytes[p] - '0') {
        m = m * 10 + digit;
        p++;
      }
      if (p == point) {
        throw new BadRecord(p, "expected a digit behind the decimal point");
      }
      exponent = point - p;
      digits = digits > 0 ? digits + p - point : significant(bytes, point, p);
    }
    mantissa = m;
    if ((bytes[p] | 0x20) == 'e') {
      p = scanExponent(bytes, p + 1);
    }
    if (p - from > MOST_CHARACTERS) {
      throw new BadRecord(from, "a number is longer than " + MOST_CHARACTERS + " characters");
    }
    to = p;
    return p;
  }

  private static int significant(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && bytes[p] == '0') {
      p++;
    }
    return to - p;
  }

  private int scanExponent(byte[] bytes, int from) throws BadRecord {
    int p = from;
    boolean minus = bytes[p] == '-';
    if (minus || bytes[p] == '+') {
      p++;
    }
    int first = p;
    int value = 0;
    for (; isDigit(bytes[p]); p++) {
      value = Math.min(value * 10 + bytes[p] - '0', EXPONENT_BEYOND_EVERYTHING);
    }
    if (p == first) {
      throw new BadRecord(p, "expected a digit in the exponent");
    }
    exponent += minus ? -value : value;
    return p;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Whether the number is written without point and exponent. */
  public boolean isInteger() {
    return exponent == 0;
  }

  /** The nearest double; infinite if it is too large. */
  public double toDouble(byte[] bytes) {
    if (digits <= 19 && mantissa >>> 53 == 0 && exponent >= -22 && exponent <= 22) {
      // Both are exact, so one correctly rounded operation gives the nearest (Clinger 1990).
      double value = mantissa;
      value = exponent < 0 ? value / POWERS[-exponent] : value * POWERS[exponent];
      return negative ? -value : value;
    }
    return NumberInput.parseDouble(characters(bytes), 0, to - from, true);
  }

  /** The nearest float; infinite if it is too large. */
  public float toFloat(byte[] bytes) {
    if (digits <= 19 && mantissa >>> 24 == 0 && exponent >= -10 && exponent <= 10) {
      float value = mantissa;
      value = exponent < 0 ? value / FLOAT_POWERS[-exponent] : value * FLOAT_POWERS[exponent];
      return negative ? -value : value;
    }
    return NumberInput.parseFloat(characters(bytes), 0, to - from, true);
  }

  /** Whether {@link #toLong} is exact: the value has no fraction and fits. */
  public boolean narrowToLong(byte[] bytes) {
    if (exponent == 0 && digits <= 19) {
      return digits <= 18
          || Long.compareUnsigned(mantissa, Long.MAX_VALUE) <= 0
          || (negative && mantissa == Long.MIN_VALUE);
    }
    if (digits == 0) {
      return true;
    }
    if (digits + exponent > 19 || digits + exponent <= 0) {
      return false;
    }
    try {
      long value = new BigDecimal(text(bytes)).longValueExact();
      mantissa = negative ? -value : value;
    } catch (ArithmeticException e) {
      return false;
    }
    exponent = 0;
    digits = 1;
    return true;
  }

  /** The value, after {@link #narrowToLong} has said yes. */
  public long toLong() {
    return negative ? -mantissa : mantissa;
  }

  private char[] characters(byte[] bytes) {
    for (int i = from; i < to; i++) {
      characters[i - from] = (char) bytes[i];
    }
    return characters;
  }

  /** The number as it was written. */
  String text(byte[] bytes) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
