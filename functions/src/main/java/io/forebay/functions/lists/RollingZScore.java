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
import org.jspecify.annotations.Nullable;

/**
 * How many standard deviations each sample of a list is from the mean of the {@code window} samples
 * before it, and which are further than {@code threshold}: anomalies. The deviation is that of the
 * sample (divided by {@code n − 1}), at least {@code minSd}.
 *
 * <p>The first {@code window} samples have no score, nor have those that are NaN, that have fewer
 * than two numbers before them, or a deviation of 0: their score is NaN, and they are no anomalies.
 * NaN before a sample does not count. It starts anew with each record.
 */
public final class RollingZScore implements BatchFunction {
  private static final Parameter<String> COLUMN =
      Parameter.column("column", "The lists of samples; NaN stands for one that there is not.")
          .byDefault("samples");
  private static final Parameter<Long> WINDOW =
      Parameter.whole("window", "How many samples before each are looked at.", 2, 100_000);
  private static final Parameter<Double> THRESHOLD =
      Parameter.number(
              "threshold", "Beyond how many deviations there is an anomaly.", Range.above(0))
          .byDefault("3");
  private static final Parameter<Double> MIN_SD =
      Parameter.number(
              "minSd",
              "The least deviation: keeps what hardly changes from being an anomaly at once.",
              Range.of(0, 1e300))
          .byDefault("0");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Anomalies by a rolling z-score: how far each sample is from the mean of those before"
                  + " it.",
              COLUMN,
              WINDOW,
              THRESHOLD,
              MIN_SD,
              ListFunction.MISSING)
          .formula(
              "zscores[i] = (x[i] - mean(x[i-window..i-1])) / max(sd(x[i-window..i-1]), minSd)")
          .reads("column: list-float64")
          .adds(
              "zscores, anomalyMarks (1 or 0): list-float64; anomalies: int64; maxZScore: float64,"
                  + " the greatest |zscore|")
          .example(
              "{ name: anomalies, cpu: io.forebay.functions.lists.RollingZScore, parameters: {"
                  + " column: value, window: 50, threshold: 4 } }");

  private final ListFunction lists;
  private final int window;
  private final double threshold;
  private final double minSd;

  /** Reads the parameters. */
  public RollingZScore(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(RollingZScore.class, parameters);
    this.window = (int) (long) values.get(WINDOW);
    this.threshold = values.get(THRESHOLD);
    this.minSd = values.get(MIN_SD);
    this.lists =
        new ListFunction(
            List.of(Input.withGaps(COLUMN, values)),
            values.get(ListFunction.MISSING),
            List.of(
                Field.of("zscores", ColumnType.FLOAT64_LIST),
                Field.of("anomalyMarks", ColumnType.FLOAT64_LIST),
                Field.of("anomalies", ColumnType.INT64),
                Field.nullable("maxZScore", ColumnType.FLOAT64)),
            (read, in, row) -> compute(read[0]));
  }

  private @Nullable Object[] compute(double[] samples) {
    double[] scores = new double[samples.length];
    double[] marks = new double[samples.length];
    long anomalies = 0;
    double most = Double.NaN;
    for (int i = 0; i < samples.length; i++) {
      scores[i] = i < window ? Double.NaN : score(samples, i);
      double distance = Math.abs(scores[i]);
      if (distance > threshold) {
        marks[i] = 1;
        anomalies++;
      }
      if (!(distance <= most) && !Double.isNaN(distance)) {
        most = distance;
      }
    }
    return new @Nullable Object[] {scores, marks, anomalies, Double.isNaN(most) ? null : most};
  }

  private double score(double[] samples, int i) {
    Numbers before = Numbers.of(samples, i - window, i);
    if (before.count() < 2) {
      return Double.NaN;
    }
    double sd = Math.max(minSd, Math.sqrt(before.squares() / (before.count() - 1)));
    double score = before.distance(samples[i]) / sd;
    return Double.isFinite(score) ? score : Double.NaN;
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
