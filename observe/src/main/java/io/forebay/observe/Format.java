package io.forebay.observe;

import java.util.Locale;

/** Numbers as people read them. */
public final class Format {
  private Format() {}

  /** {@code 50,000}. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** A share of 0..1 as {@code 97 %}; {@code <1 %} where it would round to nothing. */
  public static String percent(double share) {
    if (share > 0 && share < 0.005) {
      return "<1 %";
    }
    return Math.round(share * 100) + " %";
  }

  /** {@code 11 ns}, {@code 1.2 µs}, {@code 20 ms}, {@code 3.1 s}. */
  public static String time(double nanos) {
    double value = nanos;
    for (String unit : new String[] {"ns", "µs", "ms"}) {
      if (value < 999.5) {
        return number(value) + " " + unit;
      }
      value /= 1000;
    }
    return number(value) + " s";
  }

  /** Milliseconds with as many digits as are of use: {@code 0.02}, {@code 1.5}, {@code 120}. */
  public static String millis(double millis) {
    return String.format(
        Locale.ROOT, millis < 1 ? "%.2f" : millis < 100 ? "%.1f" : "%,.0f", millis);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%,.0f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
