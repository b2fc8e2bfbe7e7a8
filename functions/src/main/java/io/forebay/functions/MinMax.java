package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.DecimalText;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import io.forebay.parameters.Range;
import java.util.Map;

/**
 * Min-max normalization: {@code scaled = low + (high − low) · (x − min) / (max − min)}, so that
 * {@code min} becomes {@code low} and {@code max} becomes {@code high}. Values outside of {@code
 * min} to {@code max} become values outside of {@code low} to {@code high}; see {@link RangeCheck}
 * to limit them first. Missing values: see {@code missing}.
 *
 * @see <a href="https://doi.org/10.1016/C2009-0-61819-5">Han, Kamber, Pei: Data Mining, 3rd
 *     edition, section 3.5.2</a>
 */
public final class MinMax implements BatchFunction {
  private static final Parameter<Double> MIN =
      Parameter.number("min", "The value that becomes low.", Range.ANY);
  private static final Parameter<Double> MAX =
      Parameter.number("max", "The value that becomes high; greater than min.", Range.ANY);
  private static final Parameter<Double> LOW =
      Parameter.number("low", "What min becomes.", Range.ANY).byDefault("0");
  private static final Parameter<Double> HIGH =
      Parameter.number("high", "What max becomes.", Range.ANY).byDefault("1");
  private static final Parameter<String> AS = NumberFunction.as("scaled");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Min-max normalization: brings the values from min to max to low to high.",
              NumberFunction.COLUMN,
              MIN,
              MAX,
              LOW,
              HIGH,
              AS,
              NumberFunction.MISSING)
          .formula("scaled = low + (high - low) * (x - min) / (max - min)")
          .reads("column: any number")
          .adds("as: float64")
          .example(
              "{ name: scale, cpu: io.forebay.functions.MinMax, parameters: { min: -20, max: 120 }"
                  + " }");

  private final NumberFunction function;

  /** Reads the parameters. */
  public MinMax(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(MinMax.class, parameters);
    double min = values.get(MIN);
    double max = values.get(MAX);
    double low = values.get(LOW);
    double high = values.get(HIGH);
    if (!(min < max) || !Double.isFinite(max - min)) {
      throw new ConfigurationException(
          "the parameter max is '%s', but min is '%s': give a max that is greater, by no more than float64 can hold"
              .formatted(DecimalText.of(max), DecimalText.of(min)));
    }
    double width = max - min;
    this.function = new NumberFunction(values, AS, x -> low + (high - low) * ((x - min) / width));
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
