package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import io.forebay.parameters.Range;
import java.util.Map;

/**
 * Standardization that outliers do not spoil, with a median and a median absolute deviation (MAD)
 * that are known: {@code zscore = 0.6745 · (x − median) / mad}. The factor is that of Iglewicz and
 * Hoaglin: the MAD of normally distributed values is 0.6745 of their standard deviation; they
 * suggest to look at values beyond 3.5. Missing values: see {@code missing}.
 *
 * @see <a href="https://www.itl.nist.gov/div898/handbook/eda/section3/eda35h.htm">NIST/SEMATECH
 *     e-Handbook of Statistical Methods, 1.3.5.17</a>
 */
public final class RobustZScore implements BatchFunction {
  private static final double FACTOR = 0.6745;

  private static final Parameter<Double> MEDIAN =
      Parameter.number("median", "The median of the values when all is well.", Range.ANY);
  private static final Parameter<Double> MAD =
      Parameter.number(
          "mad", "The median of their absolute distances from the median.", Range.above(0));
  private static final Parameter<String> AS = NumberFunction.as("zscore");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Standardization with median and median absolute deviation, which outliers do not"
                  + " spoil.",
              NumberFunction.COLUMN,
              MEDIAN,
              MAD,
              AS,
              NumberFunction.MISSING)
          .formula("zscore = 0.6745 * (x - median) / mad")
          .reads("column: any number")
          .adds("as: float64")
          .example(
              "{ name: outliers, cpu: io.forebay.functions.RobustZScore, parameters: { median: 50,"
                  + " mad: 8 } }");

  private final NumberFunction function;

  /** Reads the parameters. */
  public RobustZScore(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(RobustZScore.class, parameters);
    double median = values.get(MEDIAN);
    double mad = values.get(MAD);
    this.function = new NumberFunction(values, AS, x -> FACTOR * (x - median) / mad);
  }

  @Override
  public Schema outputs(Schema input) {
    return function.outputs(input);
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    function.apply(in, out);
  }
}
