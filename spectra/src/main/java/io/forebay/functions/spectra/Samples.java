package io.forebay.functions.spectra;

import io.forebay.parameters.NoResultException;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.Range;

/** What is asked of bursts and results. */
final class Samples {
  static final Parameter<String> COLUMN =
      Parameter.column("column", "The bursts of samples.").byDefault("samples");
  static final Parameter<Double> RATE =
      Parameter.number("rate", "Samples a second.", Range.above(0));

  private Samples() {}

  /**
   * Asks for so many samples.
   *
   * @param need who needs them: {@code a segment has}
   */
  static void atLeast(double[] samples, int least, String need) throws NoResultException {
    if (samples.length < least) {
      throw new NoResultException(
          "has " + samples.length + " samples, but " + need + " " + least + ": send longer bursts");
    }
  }

  /** The result, if it is finite. */
  static double finite(double result) throws NoResultException {
    if (!Double.isFinite(result)) {
      throw new NoResultException("has samples whose squares are beyond a float64");
    }
    return result;
  }
}
