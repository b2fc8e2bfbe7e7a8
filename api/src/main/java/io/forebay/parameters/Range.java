package io.forebay.parameters;

/**
 * Which finite numbers a parameter takes.
 *
 * @param least the least one; {@code -Infinity}: any
 * @param most the greatest one; {@code Infinity}: any
 * @param open whether {@code least} itself is none of them
 */
public record Range(double least, double most, boolean open) {
  /** Every finite number. */
  public static final Range ANY =
      new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, false);

  /** Greater than {@code least}. */
  public static Range above(double least) {
    return new Range(least, Double.POSITIVE_INFINITY, true);
  }

  /** From {@code least} to {@code most}, both included. */
  public static Range of(double least, double most) {
    return new Range(least, most, false);
  }

  boolean contains(double number) {
    return (open ? number > least : number >= least) && number <= most;
  }

  String words() {
    if (most < Double.POSITIVE_INFINITY) {
      return " from " + DecimalText.of(least) + " to " + DecimalText.of(most);
    }
    if (least > Double.NEGATIVE_INFINITY) {
      return (open ? " above " : " of at least ") + DecimalText.of(least);
    }
    return "";
  }
}
