package io.forebay.engine.internal.plan;

import io.forebay.Accumulator;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.engine.api.Windows;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.windows.WindowGrid;
import io.forebay.internal.windows.WindowParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The windows of a pipeline, checked.
 *
 * @param stage the name of the stage that makes partial results
 * @param index its index
 * @param input the columns that it is given
 * @param rows the columns of the rows of windows
 */
public record BoundWindows(
    String stage,
    int index,
    Windows windows,
    WindowParameters parameters,
    WindowGrid grid,
    Schema input,
    Schema rows) {
  private static final String BEGIN = "window_start";
  private static final String END = "window_end";

  /** The column of records that come too late: by how much, in milliseconds, rounded up. */
  public static final String LATE_BY = "lateBy";

  /**
   * Checks them.
   *
   * @throws ConfigurationException in one sentence
   */
  public static BoundWindows bind(
      String stage, int index, Windows windows, WindowParameters parameters, Schema input) {
    WindowGrid grid = parameters.bind(input);
    if (!windows.late().isEmpty() && input.has(LATE_BY)) {
      throw new ConfigurationException(
          "window: the column '"
              + LATE_BY
              + "' has the name of the one that tells how late a record is: rename it");
    }
    Accumulator<Object> accumulator = parameters.load(input, loader());
    Schema rows = rows(grid, input, accumulator.outputs(input));
    return new BoundWindows(stage, index, windows, parameters, grid, input, rows);
  }

  private static Schema rows(WindowGrid grid, Schema input, Schema results) {
    List<Field> fields = new ArrayList<>();
    if (grid.key() != WindowGrid.NO_KEY) {
      Field key = input.field(grid.key());
      fields.add(Field.of(key.name(), key.type()));
    }
    ColumnType time = input.field(grid.time()).type();
    fields.add(Field.of(BEGIN, time));
    fields.add(Field.of(END, time));
    for (Field result : results.fields()) {
      if (fields.stream().anyMatch(each -> each.name().equals(result.name()))) {
        throw new ConfigurationException(
            "the result '"
                + result.name()
                + "' has the name of the key or of the window's begin or end: rename it");
      }
      fields.add(result);
    }
    return Schema.of(fields);
  }

  /** The columns of records that come too late, if a sink is given them. */
  public Optional<Schema> late() {
    return windows.late().isEmpty()
        ? Optional.empty()
        : Optional.of(input.plus(Schema.of(Field.of(LATE_BY, ColumnType.INT64))));
  }

  /** A new accumulator. */
  public Accumulator<Object> accumulator() {
    return parameters.load(input, loader());
  }

  private static ClassLoader loader() {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return loader == null ? BoundWindows.class.getClassLoader() : loader;
  }

  /** Whether there are keys, in the first column of the rows. */
  public boolean isKeyed() {
    return grid.key() != WindowGrid.NO_KEY;
  }
}
