package io.forebay.parameters;

import java.util.regex.Pattern;

/** Numbers as people write them. */
public final class DecimalText {
  /** What {@link Double#parseDouble} takes besides (hexadecimal, {@code 1d}, NaN) is none. */
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,4})?");

  private static final double MOST_WHOLE = 1e15;

  private DecimalText() {}

  /**
   * The shortest text that is read as this number again: {@code 20}, {@code 0.1}, {@code 1E300}.
   */
  public static String of(double number) {
    return number == Math.rint(number) && Math.abs(number) < MOST_WHOLE
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /**
   * A finite decimal number.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static double parse(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      throw new IllegalArgumentException();
    }
    double number = Double.parseDouble(text);
    if (Double.isInfinite(number)) {
      throw new IllegalArgumentException("which is too large for a float64");
    }
    return number;
  }
}
