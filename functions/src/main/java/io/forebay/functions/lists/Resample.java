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
import io.forebay.parameters.Range;
import java.util.List;
import java.util.Map;

/**
 * The samples of a list at a fixed rate: one at the first timestamp, and then one each {@code
 * 1/rate} seconds up to the last. Between two samples lies the straight line ({@code linear}) or
 * the earlier one's value ({@code previous}). Where two neighbours are further apart than {@code
 * maxGap}, there is NaN between them, which is counted. Samples that are NaN are left out; of those
 * with the same timestamp the last one counts.
 */
public final class Resample implements BatchFunction {
  private static final Parameter<String> COLUMN =
      Parameter.column("column", "The lists of samples; NaN stands for one that there is not.")
          .byDefault("samples");
  private static final Parameter<Double> RATE =
      Parameter.number("rate", "Samples a second of the results.", Range.above(0));
  private static final Parameter<String> METHOD =
      Parameter.choice("method", "What holds between two samples.", "linear", "previous")
          .byDefault("linear");
  private static final Parameter<Double> MAX_GAP =
      Parameter.number(
              "maxGap", "How many seconds two samples may be apart for that.", Range.above(0))
          .optional("no limit");
  private static final Parameter<String> AS =
      Parameter.column("as", "The column of the results.").byDefault("resampled");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Resampling to a fixed rate, by straight lines or the previous value; gaps stay NaN"
                  + " and are counted.",
              COLUMN,
              SampleTimes.TIMESTAMPS,
              SampleTimes.UNIT,
              RATE,
              METHOD,
              MAX_GAP,
              AS,
              ListFunction.MISSING)
          .formula("linear: y(t) = x0 + (x1 - x0) * (t - t0) / (t1 - t0), where t1 - t0 <= maxGap")
          .reads("column, timestamps: list-float64")
          .adds("as, as + Timestamps: list-float64; as + Missing: int64")
          .example(
              "{ name: resample, cpu: io.forebay.functions.lists.Resample, parameters: { column:"
                  + " value, rate: 10, maxGap: 1 } }");

  private static final int MOST_SAMPLES = 10_000_000;

  private final ListFunction lists;
  private final double step;
  private final double maxGap;
  private final boolean linear;

  /** Reads the parameters. */
  public Resample(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(Resample.class, parameters);
    double units = SampleTimes.unitsPerSecond(values);
    this.step = units / values.get(RATE);
    this.maxGap = values.find(MAX_GAP).orElse(Double.POSITIVE_INFINITY) * units;
    this.linear = values.get(METHOD).equals("linear");
    String as = values.get(AS);
    this.lists =
        new ListFunction(
            List.of(Input.finite(SampleTimes.TIMESTAMPS, values), Input.withGaps(COLUMN, values)),
            values.get(ListFunction.MISSING),
            List.of(
                Field.of(as, ColumnType.FLOAT64_LIST),
                Field.of(as + "Timestamps", ColumnType.FLOAT64_LIST),
                Field.of(as + "Missing", ColumnType.INT64)),
            (read, in, row) -> compute(read[0], read[1]));
  }

  private Object[] compute(double[] times, double[] samples) throws NoResultException {
    SampleTimes.ascending(times);
    double first = times[0];
    double steps = Math.floor((times[times.length - 1] - first) / step + 1e-9);
    if (steps >= MOST_SAMPLES) {
      throw new NoResultException(
          "is so long that there would be more than %d samples: give a lower rate"
              .formatted(MOST_SAMPLES));
    }
    int known = keep(times, samples);
    double[] results = new double[(int) steps + 1];
    double[] at = new double[results.length];
    long missing = 0;
    int i = -1; // The last sample that is not behind the time.
    for (int k = 0; k < results.length; k++) {
      at[k] = first + k * step;
      while (i + 1 < known && times[i + 1] <= at[k]) {
        i++;
      }
      results[k] = value(times, samples, known, i, at[k]);
      missing += Double.isNaN(results[k]) ? 1 : 0;
    }
    return new Object[] {results, at, missing};
  }

  /** Moves what counts of the samples to the front; how many they are. */
  private static int keep(double[] times, double[] samples) {
    int kept = 0;
    for (int i = 0; i < samples.length; i++) {
      if (!Double.isNaN(samples[i])) {
        kept -= kept > 0 && times[i] == times[kept - 1] ? 1 : 0;
        times[kept] = times[i];
        samples[kept] = samples[i];
        kept++;
      }
    }
    return kept;
  }

  private double value(double[] times, double[] samples, int known, int i, double time) {
    if (i < 0) {
      return Double.NaN;
    }
    if (time == times[i]) {
      return samples[i];
    }
    if (i + 1 == known || times[i + 1] - times[i] > maxGap) {
      return Double.NaN;
    }
    return linear
        ? samples[i]
            + (samples[i + 1] - samples[i]) * ((time - times[i]) / (times[i + 1] - times[i]))
        : samples[i];
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
