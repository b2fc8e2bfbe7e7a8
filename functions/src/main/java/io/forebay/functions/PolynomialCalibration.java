package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import java.util.List;
import java.util.Map;

/**
 * Calibration along a polynomial: {@code calibrated = c0 + c1·x + c2·x² + …}, by Horner's rule with
 * fused multiply-adds. Missing values: see {@code missing}.
 *
 * @see <a href="https://doi.org/10.1098/rstl.1819.0023">Horner, 1819</a>
 */
public final class PolynomialCalibration implements BatchFunction {
  private static final int MOST_COEFFICIENTS = 32;

  private static final Parameter<List<Double>> COEFFICIENTS =
      Parameter.numbers(
          "coefficients",
          "The polynomial's coefficients, that of the lowest power first.",
          1,
          MOST_COEFFICIENTS);
  private static final Parameter<String> AS = NumberFunction.as("calibrated");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Calibration with a polynomial.",
              NumberFunction.COLUMN,
              COEFFICIENTS,
              AS,
              NumberFunction.MISSING)
          .formula("calibrated = c0 + c1*x + c2*x^2 + ...")
          .reads("column: any number")
          .adds("as: float64")
          .example(
              "{ name: calibrate, cpu: io.forebay.functions.PolynomialCalibration, parameters: {"
                  + " coefficients: \"0.3, 0.98, 0.0002\" } }");

  private final NumberFunction function;

  /** Reads the parameters. */
  public PolynomialCalibration(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(PolynomialCalibration.class, parameters);
    double[] coefficients =
        values.get(COEFFICIENTS).stream().mapToDouble(Double::doubleValue).toArray();
    this.function = new NumberFunction(values, AS, x -> polynomial(coefficients, x));
  }

  @Override
  public Schema outputs(Schema input) {
    return function.outputs(input);
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    function.apply(in, out);
  }

  private static double polynomial(double[] coefficients, double x) {
    double sum = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      sum = Math.fma(sum, x, coefficients[i]);
    }
    return sum;
  }
}
