package io.forebay.functions.lists;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.ListFunction;
import io.forebay.parameters.ListFunction.Input;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import io.forebay.parameters.Range;
import java.util.List;
import java.util.Map;

/**
 * The exponentially weighted moving average of a list: {@code y[0] = x[0]}, {@code y[i] = alpha ·
 * x[i] + (1 − alpha) · y[i − 1]}. NaN stays NaN, and the average goes on behind it. It starts anew
 * with each record.
 */
public final class Ewma implements BatchFunction {
  private static final Parameter<String> COLUMN =
      Parameter.column("column", "The lists of samples; NaN stands for one that there is not.")
          .byDefault("samples");
  private static final Parameter<Double> ALPHA =
      Parameter.number(
          "alpha", "The weight of a sample; 1 keeps the samples as they are.", Range.of(1e-9, 1));
  private static final Parameter<String> AS =
      Parameter.column("as", "The column of the results.").byDefault("ewma");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "The exponentially weighted moving average of the samples of a list.",
              COLUMN,
              ALPHA,
              AS,
              ListFunction.MISSING)
          .formula("y[i] = alpha * x[i] + (1 - alpha) * y[i-1], y[0] = x[0]")
          .reads("column: list-float64")
          .adds("as: list-float64")
          .example(
              "{ name: smooth, cpu: io.forebay.functions.lists.Ewma, parameters: { column: value,"
                  + " alpha: 0.1 } }");

  private final ListFunction lists;
  private final double alpha;

  /** Reads the parameters. */
  public Ewma(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(Ewma.class, parameters);
    this.alpha = values.get(ALPHA);
    this.lists =
        new ListFunction(
            List.of(Input.withGaps(COLUMN, values)),
            values.get(ListFunction.MISSING),
            List.of(Field.of(values.get(AS), ColumnType.FLOAT64_LIST)),
            (read, in, row) -> compute(read[0]));
  }

  private Object[] compute(double[] samples) {
    double average = Double.NaN;
    for (int i = 0; i < samples.length; i++) {
      if (!Double.isNaN(samples[i])) {
        average = Double.isNaN(average) ? samples[i] : alpha * samples[i] + (1 - alpha) * average;
        samples[i] = average;
      }
    }
    return new Object[] {samples};
  }

  @Override
  public Schema outputs(Schema input) {
    return lists.outputs(input);
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    lists.apply(in, out);
  }
}
