package io.forebay.workers.functions;

import io.forebay.Schema;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.internal.calls.PooledFunction;

/** A Python function that a worker process has found and tried. */
public final class PythonFunction extends BoundFunction {
  private final String interpreter;

  private PythonFunction(FunctionSpec spec, Schema input, Schema outputs, String interpreter) {
    super(spec, input, outputs, spec.python().rows());
    this.interpreter = interpreter;
  }

  /** One that was found to have those outputs, by that interpreter. */
  public static BoundFunction of(
      FunctionSpec spec, Schema input, Schema outputs, String interpreter) {
    return checked(new PythonFunction(spec, input, outputs, interpreter));
  }

  /** Of all names that lead to it, the one that needs no shell script: workers start by it. */
  public String interpreter() {
    return interpreter;
  }

  @Override
  public String name() {
    return spec().shortName();
  }

  @Override
  boolean overRecords() {
    return spec().reference().indexOf('@') < 0;
  }

  @Override
  public PooledFunction newPooled() {
    throw new ConfigurationException(
        "the function "
            + name()
            + " is a Python function, which runs in processes only: let its stage run on"
            + " processes");
  }
}
