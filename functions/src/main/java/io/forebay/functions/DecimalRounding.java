package io.forebay.functions;

import java.util.Objects;

/**
 * Rounding to a number of decimals as Python's {@code round(x, n)} does it: to the nearest decimal
 * of the <em>exact binary value</em>, half to even, the sign of zero kept. So {@code round(2.675,
 * 2)} is 2.67, because the double next to 2.675 lies below it, and {@code round(0.125, 2)} is 0.12,
 * because 0.125 is a double and the tie goes to the even digit. {@code Math.round(x * 1e4) / 1e4}
 * and {@code BigDecimal.valueOf(x)} are wrong on such values.
 *
 * <p>The reference is {@code new BigDecimal(x).setScale(n, HALF_EVEN).doubleValue()} with the sign
 * of {@code x}; {@link #halfEven} is bit for bit equal to it and some hundred times faster.
 */
public final class DecimalRounding {
  /** The most decimals supported: beyond it a power of ten is not a double. */
  public static final int MAX_DECIMALS = 22;

  /** From here on doubles are integers, and 2 apart: nothing is left to round. */
  private static final double TWO_POW_53 = 0x1p53;

  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private DecimalRounding() {}

  /**
   * {@code x} rounded to {@code decimals} decimals.
   *
   * @param x any double; NaN and infinities come back as they are
   * @param decimals 0 to {@link #MAX_DECIMALS}
   * @throws IndexOutOfBoundsException for other {@code decimals}
   */
  public static double halfEven(double x, int decimals) {
    Objects.checkIndex(decimals, POWERS_OF_TEN.length);
    return halfEven(x, POWERS_OF_TEN[decimals]);
  }

  /**
   * As {@link #halfEven(double, int)}.
   *
   * <p>Why it is exact. Let {@code P} be the true product of {@code x} and {@code scale}, {@code p}
   * the double next to it. Halves are doubles below 2<sup>52</sup> and rounding is monotone, so
   * {@code p} lies on the same side of every half as {@code P}, unless {@code p} is that half; then
   * {@code P − p}, which fma yields, says on which side {@code P} was. Between 2<sup>52</sup> and
   * 2<sup>53</sup> {@code p} itself is {@code P} rounded half to even. The quotient of two integers
   * that are doubles is the double next to the decimal. Beyond 2<sup>53</sup> neighbouring doubles
   * are further apart than neighbouring decimals, so {@code x} is the double next to its decimal.
   *
   * @param scale a power of ten that is a double
   */
  static double halfEven(double x, double scale) {
    double p = x * scale;
    if (!(Math.abs(p) < TWO_POW_53)) {
      return x; // also NaN and infinities
    }
    double r = Math.rint(p);
    if (Math.abs(p - r) == 0.5) {
      double beyond = Math.fma(x, scale, -p);
      if (beyond > 0) {
        r = Math.ceil(p);
      } else if (beyond < 0) {
        r = Math.floor(p);
      }
    }
    return r / scale;
  }
}
