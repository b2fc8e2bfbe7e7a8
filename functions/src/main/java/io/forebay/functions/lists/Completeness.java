package io.forebay.functions.lists;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.ListFunction;
import io.forebay.parameters.ListFunction.Input;
import io.forebay.parameters.NoResultException;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import io.forebay.parameters.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether a burst or a window is whole. By {@code rate}: two neighbours that are further apart than
 * {@code 1 + tolerance} periods have a gap between them, in which {@code round(periods) − 1}
 * samples are missing. By {@code count}: so many timestamps that differ have to be there. Where
 * both are given, {@code missing} is the greater number. {@code complete} is true where there is no
 * gap and nothing is missing.
 */
public final class Completeness implements BatchFunction {
  private static final Parameter<Double> RATE =
      Parameter.number("rate", "Samples a second that there should be.", Range.above(0))
          .optional("gaps are not looked for");
  private static final Parameter<Long> COUNT =
      Parameter.whole("count", "How many samples there should be.", 1, 1_000_000_000)
          .optional("any; rate and count may not both be left out");
  private static final Parameter<Double> TOLERANCE =
      Parameter.number(
              "tolerance",
              "How much longer than a period the time between two samples may be, in periods.",
              Range.of(0, 100))
          .byDefault("0.5");
  private static final Parameter<String> MARKS =
      Parameter.column(
              "marks", "The column of a list that has 1 for each sample behind a gap, otherwise 0.")
          .optional("no such list");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Whether a burst or a window is whole: its gaps, marked and counted, and how many"
                  + " samples are missing.",
              SampleTimes.TIMESTAMPS,
              SampleTimes.UNIT,
              RATE,
              COUNT,
              TOLERANCE,
              MARKS,
              ListFunction.MISSING)
          .formula(
              "gaps = number of d > 1 + tolerance, missing = sum(round(d) - 1) over them, with d ="
                  + " (t1 - t0) * rate")
          .reads("timestamps: list-float64")
          .adds("complete: bool; gaps, missing: int64; marks: list-float64, where it is named")
          .example(
              "{ name: whole, cpu: io.forebay.functions.lists.Completeness, parameters: { rate:"
                  + " 100, count: 100 } }");

  private final ListFunction lists;
  private final double period;
  private final long count;
  private final double tolerance;
  private final boolean marks;

  /** Reads the parameters. */
  public Completeness(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(Completeness.class, parameters);
    if (values.find(RATE).isEmpty() && values.find(COUNT).isEmpty()) {
      throw new ConfigurationException(
          "Completeness needs to know what is whole: give rate, in samples a second, or count");
    }
    this.period =
        values
            .find(RATE)
            .map(rate -> SampleTimes.unitsPerSecond(values) / rate)
            .orElse(Double.POSITIVE_INFINITY);
    this.count = values.find(COUNT).orElse(0L);
    this.tolerance = values.get(TOLERANCE);
    this.marks = values.find(MARKS).isPresent();
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("complete", ColumnType.BOOL));
    fields.add(Field.of("gaps", ColumnType.INT64));
    fields.add(Field.of("missing", ColumnType.INT64));
    values.find(MARKS).ifPresent(name -> fields.add(Field.of(name, ColumnType.FLOAT64_LIST)));
    this.lists =
        new ListFunction(
            List.of(Input.finite(SampleTimes.TIMESTAMPS, values)),
            values.get(ListFunction.MISSING),
            fields,
            (read, in, row) -> compute(read[0]));
  }

  private Object[] compute(double[] times) throws NoResultException {
    SampleTimes.ascending(times);
    long gaps = 0;
    long within = 0;
    long distinct = 1;
    double[] behind = new double[times.length];
    for (int i = 1; i < times.length; i++) {
      double periods = (times[i] - times[i - 1]) / period;
      if (periods > 1 + tolerance) {
        gaps++;
        within += Math.round(periods) - 1;
        behind[i] = 1;
      }
      distinct += times[i] > times[i - 1] ? 1 : 0;
    }
    long missing = Math.max(within, count - distinct);
    boolean complete = gaps == 0 && missing == 0;
    return marks
        ? new Object[] {complete, gaps, missing, behind}
        : new Object[] {complete, gaps, missing};
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
