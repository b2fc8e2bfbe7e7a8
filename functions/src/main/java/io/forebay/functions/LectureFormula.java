package io.forebay.functions;

import org.jspecify.annotations.Nullable;

/** The arithmetic of the lecture's function, and its names, in one place for both its kinds. */
final class LectureFormula {
  static final String VALUE = "value";
  static final String NORMALIZED = "normalized";
  static final String FEATURE = "feature";

  /** What it computes, in a line. */
  static final String WORDS =
      "normalized = round((x - 20) / 60, 4); feature = round(sqrt(|(x - 20) / 60|) * ln(|x| + 1),"
          + " 4)";

  private static final double FOUR_DECIMALS = 1e4;

  private LectureFormula() {}

  static double normalized(double value) {
    return (value - 20.0) / 60.0;
  }

  /** {@code normalized} is the unrounded one. */
  static double feature(double value, double normalized) {
    return Math.sqrt(Math.abs(normalized)) * Math.log(Math.abs(value) + 1);
  }

  static double round(double x) {
    return DecimalRounding.halfEven(x, FOUR_DECIMALS);
  }

  /** Why a record without a finite value is rejected. */
  static String rejection(String column, @Nullable Double value) {
    return "'" + column + "' is " + value + ", but the feature needs a finite number";
  }
}
