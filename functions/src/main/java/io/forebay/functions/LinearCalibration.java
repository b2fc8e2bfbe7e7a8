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
 * Calibration along a line: {@code calibrated = gain · x + offset}, rounded once (fused
 * multiply-add of IEEE 754). Missing values: see {@code missing}.
 */
public final class LinearCalibration implements BatchFunction {
  private static final Parameter<Double> GAIN =
      Parameter.number("gain", "What a value is multiplied with.", Range.ANY).byDefault("1");
  private static final Parameter<Double> OFFSET =
      Parameter.number("offset", "What is added then.", Range.ANY).byDefault("0");
  private static final Parameter<String> AS = NumberFunction.as("calibrated");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Calibration with a gain and an offset.",
              NumberFunction.COLUMN,
              GAIN,
              OFFSET,
              AS,
              NumberFunction.MISSING)
          .formula("calibrated = gain * x + offset")
          .reads("column: any number")
          .adds("as: float64")
          .example(
              "{ name: calibrate, cpu: io.forebay.functions.LinearCalibration, parameters: { gain:"
                  + " 1.02, offset: -0.5 } }");

  private final NumberFunction function;

  /** Reads the parameters. */
  public LinearCalibration(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(LinearCalibration.class, parameters);
    double gain = values.get(GAIN);
    double offset = values.get(OFFSET);
    this.function = new NumberFunction(values, AS, x -> Math.fma(gain, x, offset));
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
