package io.forebay.functions;

import java.math.BigInteger;

/**
 * A number {@code numerator / denominator · 2^exponent}, without rounding until it is made a
 * double: then to the nearest one, to the even one of two. For results, a few of a window.
 *
 * @param denominator above zero
 */
record Ratio(BigInteger numerator, BigInteger denominator, int exponent) {
  static final Ratio ZERO = new Ratio(BigInteger.ZERO, BigInteger.ONE, 0);

  /** Bits of a quotient or root that is rounded: more than a double has, and one that is not. */
  private static final int BITS = 66;

  private static final int MANTISSA = 53;

  /** The exact value of a double that is finite. */
  static Ratio of(double value) {
    if (value == 0) {
      return ZERO;
    }
    long bits = Double.doubleToRawLongBits(value);
    int biased = (int) (bits >>> 52) & 0x7FF;
    long mantissa = (bits & 0xF_FFFF_FFFF_FFFFL) | (biased == 0 ? 0 : 1L << 52);
    int zeros = Long.numberOfTrailingZeros(mantissa);
    long whole = mantissa >> zeros;
    return new Ratio(
        BigInteger.valueOf(value < 0 ? -whole : whole),
        BigInteger.ONE,
        Math.max(biased, 1) - 1075 + zeros);
  }

  static Ratio of(long value) {
    return new Ratio(BigInteger.valueOf(value), BigInteger.ONE, 0);
  }

  boolean isZero() {
    return numerator.signum() == 0;
  }

  Ratio plus(Ratio other) {
    if (isZero()) {
      return other;
    }
    if (other.isZero()) {
      return this;
    }
    int least = Math.min(exponent, other.exponent);
    BigInteger one = numerator.shiftLeft(exponent - least).multiply(other.denominator);
    BigInteger two = other.numerator.shiftLeft(other.exponent - least).multiply(denominator);
    return new Ratio(one.add(two), denominator.multiply(other.denominator), least);
  }

  Ratio minus(Ratio other) {
    return plus(new Ratio(other.numerator.negate(), other.denominator, other.exponent));
  }

  Ratio times(Ratio other) {
    return new Ratio(
        numerator.multiply(other.numerator),
        denominator.multiply(other.denominator),
        exponent + other.exponent);
  }

  /** Divided by something above zero. */
  Ratio over(Ratio other) {
    return new Ratio(
        numerator.multiply(other.denominator),
        denominator.multiply(other.numerator),
        exponent - other.exponent);
  }

  /** Times a power of two. */
  Ratio scaled(int power) {
    return new Ratio(numerator, denominator, exponent + power);
  }

  /** The nearest double; infinite beyond all doubles. */
  double toDouble() {
    BigInteger most = numerator.abs();
    int shift = Math.max(0, BITS - (most.bitLength() - denominator.bitLength()));
    BigInteger[] parts = most.shiftLeft(shift).divideAndRemainder(denominator);
    double nearest = round(parts[0], parts[1].signum() != 0, exponent - shift);
    return numerator.signum() < 0 ? -nearest : nearest;
  }

  /** The double that is nearest to the root of this, which is not negative. */
  double squareRoot() {
    int shift = Math.max(0, 2 * BITS - (numerator.bitLength() - denominator.bitLength()));
    shift += (exponent - shift) & 1;
    BigInteger[] parts = numerator.shiftLeft(shift).divideAndRemainder(denominator);
    BigInteger root = parts[0].sqrt();
    boolean more = parts[1].signum() != 0 || !root.multiply(root).equals(parts[0]);
    return round(root, more, (exponent - shift) / 2);
  }

  /**
   * The double that is nearest to {@code whole · 2^exponent}.
   *
   * @param more whether the value is a little more, by less than 1 in {@code whole}
   */
  private static double round(BigInteger whole, boolean more, int exponent) {
    if (whole.signum() == 0) {
      return 0;
    }
    int bits = whole.bitLength();
    long highest = (long) bits - 1 + exponent;
    if (highest > Double.MAX_EXPONENT) {
      return Double.POSITIVE_INFINITY;
    }
    // Doubles near zero have fewer bits.
    long room = Math.min(MANTISSA, highest - Double.MIN_EXPONENT + MANTISSA);
    if (room < 0) {
      return 0;
    }
    int drop = bits - (int) room;
    if (drop <= 0) {
      return Math.scalb(whole.doubleValue(), exponent);
    }
    BigInteger kept = whole.shiftRight(drop);
    boolean half = whole.testBit(drop - 1);
    boolean beyond = more || whole.getLowestSetBit() < drop - 1;
    if (half && (beyond || kept.testBit(0))) {
      kept = kept.add(BigInteger.ONE);
    }
    return Math.scalb(kept.doubleValue(), exponent + drop);
  }
}
