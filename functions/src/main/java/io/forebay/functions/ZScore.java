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
 * Standardization with a mean and a standard deviation that are known: {@code zscore = (x − mean) /
 * sd}. Missing values: see {@code missing}.
 *
 * @see <a href="https://www.itl.nist.gov/div898/handbook/eda/section3/eda35h.htm">NIST/SEMATECH
 *     e-Handbook of Statistical Methods, 1.3.5.17</a>
 */
public final class ZScore implements BatchFunction {
  private static final Parameter<Double> MEAN =
      Parameter.number("mean", "The mean of the values when all is well.", Range.ANY);
  private static final Parameter<Double> SD =
      Parameter.number("sd", "Their standard deviation.", Range.above(0));
  private static final Parameter<String> AS = NumberFunction.as("zscore");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Standardization: how many standard deviations a value is from the mean.",
              NumberFunction.COLUMN,
              MEAN,
              SD,
              AS,
              NumberFunction.MISSING)
          .formula("zscore = (x - mean) / sd")
          .reads("column: any number")
          .adds("as: float64")
          .example(
              "{ name: standardize, cpu: io.forebay.functions.ZScore, parameters: { mean: 50, sd:"
                  + " 12.5 } }");

  private final NumberFunction function;

  /** Reads the parameters. */
  public ZScore(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(ZScore.class, parameters);
    double mean = values.get(MEAN);
    double sd = values.get(SD);
    this.function = new NumberFunction(values, AS, x -> (x - mean) / sd);
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
