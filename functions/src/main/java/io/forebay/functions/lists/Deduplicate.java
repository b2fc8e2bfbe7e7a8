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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Takes samples away whose timestamp repeats the one before, from several lists at once: of those
 * with the same timestamp the first or the last one stays. The lists and their timestamps are
 * replaced, {@code duplicates} says how many samples were taken away.
 */
public final class Deduplicate implements BatchFunction {
  private static final Parameter<String> COLUMNS =
      Parameter.text(
              "columns",
              "The lists of samples, as long as the timestamps.",
              "names of columns with commas between them")
          .byDefault("samples");
  private static final Parameter<String> KEEP =
      Parameter.choice("keep", "Which one of several stays.", "first", "last").byDefault("first");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Takes samples away whose timestamp repeats, and counts them.",
              COLUMNS,
              SampleTimes.TIMESTAMPS,
              KEEP,
              ListFunction.MISSING)
          .reads("columns, timestamps: list-float64")
          .adds("duplicates: int64; replaces columns and timestamps")
          .example(
              "{ name: once, cpu: io.forebay.functions.lists.Deduplicate, parameters: { columns:"
                  + " \"value, quality\", keep: last } }");

  private final ListFunction lists;
  private final boolean first;

  /** Reads the parameters. */
  public Deduplicate(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(Deduplicate.class, parameters);
    this.first = values.get(KEEP).equals("first");
    List<Input> inputs = new ArrayList<>();
    inputs.add(Input.finite(SampleTimes.TIMESTAMPS, values));
    for (String name : values.get(COLUMNS).split(",", -1)) {
      inputs.add(new Input(COLUMNS.name(), name.strip(), true));
    }
    if (inputs.stream().map(Input::column).distinct().count() < inputs.size()) {
      throw new ConfigurationException(
          "the parameter columns is '"
              + values.get(COLUMNS)
              + "', in which a column stands twice or is that of the timestamps: name each once");
    }
    List<Field> fields = new ArrayList<>();
    inputs.forEach(each -> fields.add(Field.of(each.column(), ColumnType.FLOAT64_LIST)));
    fields.add(Field.of("duplicates", ColumnType.INT64));
    this.lists =
        new ListFunction(
            inputs, values.get(ListFunction.MISSING), fields, (read, in, row) -> compute(read));
  }

  private Object[] compute(double[][] read) throws NoResultException {
    double[] times = read[0];
    SampleTimes.ascending(times);
    int kept = 0;
    for (int i = 0; i < times.length; i++) {
      boolean repeats = kept > 0 && times[i] == times[kept - 1];
      if (repeats && first) {
        continue;
      }
      int to = repeats ? kept - 1 : kept++;
      for (double[] list : read) {
        list[to] = list[i];
      }
    }
    Object[] results = new Object[read.length + 1];
    for (int i = 0; i < read.length; i++) {
      results[i] = Arrays.copyOf(read[i], kept);
    }
    results[read.length] = (long) (times.length - kept);
    return results;
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
