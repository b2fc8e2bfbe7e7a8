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
import io.forebay.parameters.NoResultException;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The samples of a list on the scale of the list itself: from its minimum to its maximum ({@code
 * minmax}, 0 to 1), in standard deviations of the population from its mean ({@code zscore}), or in
 * median absolute deviations from its median ({@code robust}, times 0.6745, which makes them
 * standard deviations where samples are normally distributed). NaN stays NaN and does not count. A
 * list whose scale is 0 is missing.
 */
public final class Normalize implements BatchFunction {
  private static final Parameter<String> COLUMN =
      Parameter.column("column", "The lists of samples; NaN stands for one that there is not.")
          .byDefault("samples");
  private static final Parameter<String> METHOD =
      Parameter.choice("method", "The scale.", "minmax", "zscore", "robust");
  private static final Parameter<String> AS =
      Parameter.column("as", "The column of the results.").byDefault("normalized");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Normalization of a list by its own minimum and maximum, mean and deviation, or"
                  + " median and median absolute deviation.",
              COLUMN,
              METHOD,
              AS,
              ListFunction.MISSING)
          .formula(
              "minmax: (x - min) / (max - min); zscore: (x - mean) / sd; robust: 0.6745 * (x -"
                  + " median) / median(|x - median|)")
          .reads("column: list-float64")
          .adds("as: list-float64")
          .example(
              "{ name: normalize, cpu: io.forebay.functions.lists.Normalize, parameters: { column:"
                  + " value, method: robust } }");

  private static final double TO_SD = 0.6745;

  private final ListFunction lists;
  private final String method;

  /** Reads the parameters. */
  public Normalize(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(Normalize.class, parameters);
    this.method = values.get(METHOD);
    this.lists =
        new ListFunction(
            List.of(Input.withGaps(COLUMN, values)),
            values.get(ListFunction.MISSING),
            List.of(Field.of(values.get(AS), ColumnType.FLOAT64_LIST)),
            (read, in, row) -> compute(read[0]));
  }

  private Object[] compute(double[] samples) throws NoResultException {
    double[] sorted = Arrays.stream(samples).filter(x -> !Double.isNaN(x)).sorted().toArray();
    if (sorted.length == 0) {
      throw new NoResultException("has only NaN, but samples are needed");
    }
    double least = sorted[0];
    double most = sorted[sorted.length - 1];
    Numbers centre;
    double scale;
    switch (method) {
      case "minmax" -> {
        centre = at(least);
        scale = most - least;
      }
      case "zscore" -> {
        centre = Numbers.of(sorted, 0, sorted.length);
        scale = least == most ? 0 : Math.sqrt(centre.squares() / centre.count());
      }
      default -> {
        double middle = median(sorted);
        centre = at(middle);
        double[] distances =
            Arrays.stream(sorted).map(x -> Math.abs(x - middle)).sorted().toArray();
        scale = median(distances) / TO_SD;
      }
    }
    if (!(scale > 0 && Double.isFinite(scale))) {
      throw new NoResultException(
          scale == 0
              ? "has no scale to be brought to: its samples, or most of them, are equal"
              : "has samples whose squares are beyond a float64");
    }
    for (int i = 0; i < samples.length; i++) {
      samples[i] = centre.distance(samples[i]) / scale;
    }
    return new Object[] {samples};
  }

  private static Numbers at(double centre) {
    return new Numbers(1, centre, 0, 0);
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[middle]
        : sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2;
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
