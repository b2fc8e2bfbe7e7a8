package io.forebay.formats.internal.columns;

import io.forebay.formats.api.Bytes;
import io.forebay.formats.internal.numbers.Decimal;
import tools.jackson.core.io.NumberOutput;

/**
 * Writes numbers as JSON. A double gets the digits of {@link Double#toString(double)}, the fewest
 * that read back to the same double, laid out as Python's {@code repr} does: {@code 20.0}, {@code
 * 0.0001}, {@code 1e-05}, {@code 1e+16}, {@code -0.0}.
 */
public final class NumberText {
  /** The longest number. */
  private static final int MOST_BYTES = 26;

  /** A decimal of at most 15 digits names a double of its own. */
  private static final double FIFTEEN_DIGITS = 1e15;

  private static final long[] LONG_POWERS = new long[19];
  private static final byte[] PAIRS = new byte[200];

  static {
    LONG_POWERS[0] = 1;
    for (int i = 1; i < LONG_POWERS.length; i++) {
      LONG_POWERS[i] = 10 * LONG_POWERS[i - 1];
    }
    for (int i = 0; i < 100; i++) {
      PAIRS[2 * i] = (byte) ('0' + i / 10);
      PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
    }
  }

  private NumberText() {}

  /** Writes an integer; returns the index behind it. */
  static int put(byte[] to, int at, long value) {
    if (value >= 0) {
      return putDigits(to, at, value, digitsOf(value));
    }
    if (value == Long.MIN_VALUE) {
      to[at] = '-';
      to[at + 1] = '9';
      return putDigits(to, at + 2, 223_372_036_854_775_808L, 18);
    }
    to[at] = '-';
    return putDigits(to, at + 1, -value, digitsOf(-value));
  }

  /** Appends an integer. */
  public static void put(Bytes out, long value) {
    out.length(put(out.room(MOST_BYTES), out.length(), value));
  }

  /** Appends a finite double. */
  public static void put(Bytes out, double value) {
    out.length(put(out.room(MOST_BYTES), out.length(), value));
  }

  /** Appends a finite float. */
  public static void put(Bytes out, float value) {
    out.length(put(out.room(MOST_BYTES), out.length(), value));
  }

  private static int digitsOf(long value) {
    int digits = 1;
    while (digits < LONG_POWERS.length && value >= LONG_POWERS[digits]) {
      digits++;
    }
    return digits;
  }

  /** Writes exactly {@code digits} digits, with leading zeros where they are needed. */
  private static int putDigits(byte[] to, int at, long value, int digits) {
    int p = at + digits;
    long rest = value;
    while (p - at >= 2) {
      long hundreds = rest / 100;
      int pair = (int) (rest - hundreds * 100) * 2;
      rest = hundreds;
      p -= 2;
      to[p] = PAIRS[pair];
      to[p + 1] = PAIRS[pair + 1];
    }
    if (p > at) {
      to[at] = (byte) ('0' + rest % 10);
    }
    return at + digits;
  }

  /** Writes a finite double; returns the index behind it. */
  static int put(byte[] to, int from, double value) {
    int at = from;
    double x = value;
    if (Double.doubleToRawLongBits(value) < 0) {
      to[at++] = '-';
      x = -value;
    }
    if (x < FIFTEEN_DIGITS) {
      long whole = (long) x;
      if (whole == x) {
        at = putDigits(to, at, whole, digitsOf(whole));
        to[at] = '.';
        to[at + 1] = '0';
        return at + 2;
      }
      // Both operands of the division are exact, so it gives the double nearest to the decimal. If
      // that is x, the decimal reads back to x, and no other one of at most 15 digits does.
      double scaled = Math.rint(x * 1e4);
      if (scaled / 1e4 == x && scaled < FIFTEEN_DIGITS) {
        return putFourDecimals(to, at, (long) scaled);
      }
      if (x >= 1e-7) {
        int scale = x >= 1 ? 15 - digitsOf(whole) : 15 + leadingZeros(x);
        scaled = Math.rint(x * Decimal.power(scale));
        if (scaled / Decimal.power(scale) == x && scaled < FIFTEEN_DIGITS) {
          return putDecimal(to, at, (long) scaled, scale);
        }
      }
    }
    int end = NumberOutput.outputDouble(x, to, at);
    return x >= 1e-3 && x < 1e7 ? end : asPython(to, at, end);
  }

  /** Writes a finite float with the digits of {@link Float#toString(float)}. */
  static int put(byte[] to, int from, float value) {
    int at = from;
    if (Float.floatToRawIntBits(value) < 0) {
      to[at++] = '-';
    }
    return asPython(to, at, NumberOutput.outputFloat(Math.abs(value), to, at));
  }

  /** Zeros between the point and the first digit of a number below 1. */
  private static int leadingZeros(double x) {
    int zeros = 0;
    while (x * Decimal.power(zeros + 1) < 1) {
      zeros++;
    }
    return zeros;
  }

  private static int putFourDecimals(byte[] to, int from, long scaled) {
    long whole = scaled / 10_000;
    int fraction = (int) (scaled - whole * 10_000);
    int at = putDigits(to, from, whole, digitsOf(whole));
    to[at] = '.';
    int high = fraction / 100 * 2;
    int low = fraction % 100 * 2;
    to[at + 1] = PAIRS[high];
    to[at + 2] = PAIRS[high + 1];
    to[at + 3] = PAIRS[low];
    to[at + 4] = PAIRS[low + 1];
    int end = at + 5;
    while (to[end - 1] == '0') {
      end--;
    }
    return end;
  }

  /** Writes {@code scaled} × 10^-{@code scale}. */
  private static int putDecimal(byte[] to, int at, long scaled, int scale) {
    long digits = scaled;
    int places = scale;
    while (digits % 10 == 0) {
      digits /= 10;
      places--;
    }
    int count = digitsOf(digits);
    return layOut(to, at, digits, count, count - places);
  }

  /** Lays out again the positive number at {@code at}, where Java writes it with an exponent. */
  private static int asPython(byte[] to, int at, int end) {
    long digits = 0;
    int count = 0;
    int p = at;
    for (; p < end && to[p] != 'E'; p++) {
      if (to[p] != '.') {
        digits = digits * 10 + to[p] - '0';
        count++;
      }
    }
    if (p == end) {
      return end; // A zero, or a number of a usual size.
    }
    while (digits % 10 == 0) {
      digits /= 10;
      count--;
    }
    boolean minus = to[p + 1] == '-';
    int exponent = 0;
    for (p += minus ? 2 : 1; p < end; p++) {
      exponent = exponent * 10 + to[p] - '0';
    }
    return layOut(to, at, digits, count, 1 + (minus ? -exponent : exponent));
  }

  /** Writes 0.{@code digits} × 10^{@code point}. */
  private static int layOut(byte[] to, int from, long digits, int count, int point) {
    int at = from;
    if (point > 16 || point < -3) {
      return putScientific(to, at, digits, count, point - 1);
    }
    if (point <= 0) {
      to[at++] = '0';
      to[at++] = '.';
      for (int i = point; i < 0; i++) {
        to[at++] = '0';
      }
      return putDigits(to, at, digits, count);
    }
    if (count <= point) {
      at = putDigits(to, at, digits, count);
      for (int i = count; i < point; i++) {
        to[at++] = '0';
      }
      to[at++] = '.';
      to[at++] = '0';
      return at;
    }
    long power = LONG_POWERS[count - point];
    long whole = digits / power;
    at = putDigits(to, at, whole, point);
    to[at++] = '.';
    return putDigits(to, at, digits - whole * power, count - point);
  }

  private static int putScientific(byte[] to, int from, long digits, int count, int exponent) {
    long power = LONG_POWERS[count - 1];
    long first = digits / power;
    int at = putDigits(to, from, first, 1);
    if (count > 1) {
      to[at++] = '.';
      at = putDigits(to, at, digits - first * power, count - 1);
    }
    to[at++] = 'e';
    to[at++] = (byte) (exponent < 0 ? '-' : '+');
    int size = Math.abs(exponent);
    return putDigits(to, at, size, size < 100 ? 2 : 3);
  }
}
