package io.forebay.parameters;

import io.forebay.Batch;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.BoolWriter;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Field;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Float64ListWriter;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.Int64Writer;
import io.forebay.columns.StringWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists of numbers in, results out: what functions over a burst of samples, or over a window that
 * has its readings as lists, have in common. A record whose list is null, empty or has an infinite
 * number is <em>missing</em>, and so is one whose formula says that there is no result: it is
 * rejected with the reason, or its results are null.
 *
 * <p>A function has one as a field, and hands it {@code outputs} and {@code apply}:
 *
 * <pre>{@code
 * this.lists =
 *     new ListFunction(
 *         List.of(Input.finite(COLUMN, values)),
 *         values.get(ListFunction.MISSING),
 *         List.of(Field.of("range", ColumnType.FLOAT64)),
 *         (lists, in, row) -> new Object[] {max(lists[0]) - min(lists[0])});
 * }</pre>
 *
 * <p>One thread at a time.
 */
public final class ListFunction {
  /** What becomes of records that are missing: {@code reject} or {@code null}. */
  public static final Parameter<String> MISSING =
      Parameter.choice(
              "missing",
              "What becomes of a record without such a list, or without a result: reject sends it"
                  + " to dead letter, null leaves its results empty.",
              "reject",
              "null")
          .byDefault("reject");

  /**
   * A column of lists.
   *
   * @param parameter the name of the parameter that names it
   * @param column its name
   * @param takesNaN whether NaN may stand in it for a value that there is not
   */
  public record Input(String parameter, String column, boolean takesNaN) {
    /** A list of finite numbers. */
    public static Input finite(Parameter<String> parameter, ParameterValues values) {
      return new Input(parameter.name(), values.get(parameter), false);
    }

    /** A list of finite numbers, and NaN where there is none. */
    public static Input withGaps(Parameter<String> parameter, ParameterValues values) {
      return new Input(parameter.name(), values.get(parameter), true);
    }

    private double[] read(Float64ListColumn lists, int row) throws NoResultException {
      if (lists.isNull(row)) {
        throw new NoResultException("'" + column + "' is null, but samples are needed");
      }
      double[] list = lists.get(row);
      if (list.length == 0) {
        throw new NoResultException("'" + column + "' is empty, but samples are needed");
      }
      for (int i = 0; i < list.length; i++) {
        if (!Double.isFinite(list[i]) && !(takesNaN && Double.isNaN(list[i]))) {
          throw new NoResultException(
              "'%s' has %s as sample %d, but finite samples are needed"
                  .formatted(column, list[i], i + 1));
        }
      }
      return list;
    }
  }

  /** What is computed of a record. */
  @FunctionalInterface
  public interface Formula {
    /**
     * The results, as many as there are fields and in their order: {@code double[]}, Double, Long,
     * Boolean, String, or null.
     *
     * @param lists one for each input; the formula may change them
     * @param in the batch, for what else is needed of the record
     * @throws NoResultException if there is no result; its message goes on behind the name of the
     *     first input
     */
    @Nullable Object[] of(double[][] lists, Batch in, int row) throws NoResultException;
  }

  private final List<Input> inputs;
  private final boolean rejects;
  private final List<Field> results;
  private final Formula formula;

  /**
   * @param missing the value of {@link #MISSING}
   * @param results the columns of the results; those that are null by the formula are nullable
   */
  public ListFunction(List<Input> inputs, String missing, List<Field> results, Formula formula) {
    this.inputs = List.copyOf(inputs);
    this.rejects = missing.equals("reject");
    this.results =
        results.stream()
            .map(each -> new Field(each.name(), each.type(), each.nullable() || !rejects))
            .toList();
    this.formula = formula;
  }

  /** The columns of the results, once the inputs are found to be lists. */
  public Schema outputs(Schema input) {
    for (Input each : inputs) {
      InputColumns.list(input, each.parameter(), each.column());
    }
    return Schema.of(results);
  }

  /** Computes the results of each record. */
  public void apply(Batch in, BatchWriter out) {
    Float64ListColumn[] columns =
        inputs.stream().map(each -> in.list(each.column())).toArray(Float64ListColumn[]::new);
    ColumnWriter[] writers =
        results.stream().map(each -> writer(out, each)).toArray(ColumnWriter[]::new);
    for (int row = 0; row < in.rows(); row++) {
      try {
        @Nullable Object[] computed = compute(columns, in, row);
        for (int i = 0; i < writers.length; i++) {
          set(writers[i], row, computed[i]);
        }
      } catch (NoResultException e) {
        missing(out, writers, row, String.valueOf(e.getMessage()));
      }
    }
  }

  private @Nullable Object[] compute(Float64ListColumn[] columns, Batch in, int row)
      throws NoResultException {
    double[][] lists = new double[columns.length][];
    for (int i = 0; i < columns.length; i++) {
      lists[i] = inputs.get(i).read(columns[i], row);
      if (lists[i].length != lists[0].length) {
        throw new NoResultException(
            "'%s' has %d samples, but '%s' has %d: they have to be equally long"
                .formatted(
                    inputs.get(i).column(),
                    lists[i].length,
                    inputs.getFirst().column(),
                    lists[0].length));
      }
    }
    try {
      return formula.of(lists, in, row);
    } catch (NoResultException e) {
      throw new NoResultException("'" + inputs.getFirst().column() + "' " + e.getMessage());
    }
  }

  private void missing(BatchWriter out, ColumnWriter[] writers, int row, String reason) {
    if (rejects) {
      out.reject(row, reason);
    } else {
      for (ColumnWriter each : writers) {
        each.setNull(row);
      }
    }
  }

  private static ColumnWriter writer(BatchWriter out, Field field) {
    return switch (field.type()) {
      case FLOAT64_LIST -> out.list(field.name());
      case FLOAT64 -> out.float64(field.name());
      case INT64 -> out.int64(field.name());
      case BOOL -> out.bool(field.name());
      case STRING -> out.string(field.name());
      default -> throw new IllegalArgumentException("no results of type " + field.type());
    };
  }

  private static void set(ColumnWriter writer, int row, @Nullable Object value) {
    switch (value) {
      case null -> writer.setNull(row);
      case double[] list -> ((Float64ListWriter) writer).set(row, list);
      case Double number -> ((Float64Writer) writer).set(row, number);
      case Long number -> ((Int64Writer) writer).set(row, number);
      case Boolean truth -> ((BoolWriter) writer).set(row, truth);
      case String text -> ((StringWriter) writer).set(row, text);
      default -> throw new IllegalArgumentException("no result is a " + value.getClass());
    }
  }
}
