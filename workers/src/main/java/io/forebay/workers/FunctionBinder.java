package io.forebay.workers;

import io.forebay.Schema;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.launch.PythonProbe;

/** Finds functions by their names. */
public final class FunctionBinder {
  private FunctionBinder() {}

  /**
   * Finds and checks a function, and binds it to the columns that it will be given.
   *
   * @throws ConfigurationException in one sentence: unknown class (with the nearest name), not
   *     public, a lambda or inner class, no usable constructor, wrong interface, a record component
   *     without a column, an unsupported output type, an output that clashes with an input column;
   *     for a Python function, which is bound in a process that lives for this, the same, as far as
   *     it has such things
   */
  public static BoundFunction bind(FunctionSpec spec, Schema input) {
    return spec.isPython() ? PythonProbe.bind(spec, input) : BoundFunction.ofClass(spec, input);
  }
}
