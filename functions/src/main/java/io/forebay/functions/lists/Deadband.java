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
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Keeps the samples that say something new: the first one, and each that is further than {@code
 * band} from the last one kept; with a band of 0 each that differs from it. NaN is kept where the
 * last one kept is none.
 */
public final class Deadband implements BatchFunction {
  private static final Parameter<String> COLUMN =
      Parameter.column("column", "The lists of samples; NaN stands for one that there is not.")
          .byDefault("samples");
  private static final Parameter<Double> BAND =
      Parameter.number(
              "band",
              "How far a sample may be from the last one kept to be left out; 0 leaves out those"
                  + " that do not change.",
              Range.of(0, 1e300))
          .byDefault("0");
  private static final Parameter<String> AS =
      Parameter.column("as", "The column of the results.").byDefault("kept");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Deadband and change filter: keeps the samples that are far enough from the last one"
                  + " kept.",
              COLUMN,
              SampleTimes.TIMESTAMPS,
              BAND,
              AS,
              ListFunction.MISSING)
          .formula("kept where |x - last kept| > band")
          .reads("column, timestamps: list-float64")
          .adds("as, as + Timestamps: list-float64; as + Suppressed: int64")
          .example(
              "{ name: changes, cpu: io.forebay.functions.lists.Deadband, parameters: { column:"
                  + " value, band: 0.5 } }");

  private final ListFunction lists;
  private final double band;

  /** Reads the parameters. */
  public Deadband(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(Deadband.class, parameters);
    this.band = values.get(BAND);
    String as = values.get(AS);
    this.lists =
        new ListFunction(
            List.of(Input.finite(SampleTimes.TIMESTAMPS, values), Input.withGaps(COLUMN, values)),
            values.get(ListFunction.MISSING),
            List.of(
                Field.of(as, ColumnType.FLOAT64_LIST),
                Field.of(as + "Timestamps", ColumnType.FLOAT64_LIST),
                Field.of(as + "Suppressed", ColumnType.INT64)),
            (read, in, row) -> compute(read[0], read[1]));
  }

  private Object[] compute(double[] times, double[] samples) throws NoResultException {
    SampleTimes.ascending(times);
    int kept = 0;
    for (int i = 0; i < samples.length; i++) {
      if (kept == 0 || isNews(samples[kept - 1], samples[i])) {
        samples[kept] = samples[i];
        times[kept] = times[i];
        kept++;
      }
    }
    return new Object[] {
      Arrays.copyOf(samples, kept), Arrays.copyOf(times, kept), (long) (samples.length - kept)
    };
  }

  private boolean isNews(double last, double x) {
    return Double.isNaN(last) != Double.isNaN(x) || Math.abs(x - last) > band;
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
