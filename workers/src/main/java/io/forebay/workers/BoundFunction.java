package io.forebay.workers;

import io.forebay.BatchFunction;
import io.forebay.ConfigurationException;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.Schema;

/**
 * A {@link BatchFunction}, {@link RecordFunction} or {@link RecordExpander} that was found, checked
 * and bound to the columns that it will be given. Everything that can be refused is refused here,
 * before a source is opened.
 */
public final class BoundFunction {
  /**
   * Finds and checks a function.
   *
   * @throws ConfigurationException in one sentence: unknown class (with the nearest name), not
   *     public, a lambda or inner class, no usable constructor, wrong interface, a record component
   *     without a column, an unsupported output type, an output that clashes with an input column
   */
  public static BoundFunction bind(FunctionSpec spec, Schema input) {
    throw new UnsupportedOperationException();
  }

  /** The function's name. */
  public FunctionSpec spec() {
    throw new UnsupportedOperationException();
  }

  /** What it is given. */
  public Schema input() {
    throw new UnsupportedOperationException();
  }

  /** The columns it adds or replaces. */
  public Schema outputs() {
    throw new UnsupportedOperationException();
  }

  /** How its output rows relate to its input rows. */
  public RowShape rowShape() {
    throw new UnsupportedOperationException();
  }

  /** A new instance for one thread. */
  public StageFunction newInstance() {
    throw new UnsupportedOperationException();
  }
}
