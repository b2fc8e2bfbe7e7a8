package io.forebay.engine.internal.windows;

import io.forebay.Accumulator;
import io.forebay.Schema;
import io.forebay.engine.api.Windows;
import io.forebay.internal.windows.WindowGrid;
import io.forebay.internal.windows.WindowParameters;

/**
 * The windows of a pipeline, checked.
 *
 * @param stage the name of the stage that makes partial results, the last one
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
  /**
   * Checks them.
   *
   * @throws io.forebay.errors.ConfigurationException in one sentence
   */
  public static BoundWindows bind(
      String stage, int index, Windows windows, WindowParameters parameters, Schema input) {
    WindowGrid grid = parameters.bind(input);
    Accumulator<Object> accumulator = parameters.load(input, loader());
    Schema rows = WindowRows.schema(grid, input, accumulator.outputs(input));
    return new BoundWindows(stage, index, windows, parameters, grid, input, rows);
  }

  Accumulator<Object> accumulator() {
    return parameters.load(input, loader());
  }

  private static ClassLoader loader() {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return loader == null ? BoundWindows.class.getClassLoader() : loader;
  }

  boolean isKeyed() {
    return grid.key() != WindowGrid.NO_KEY;
  }
}
