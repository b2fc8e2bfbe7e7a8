package io.forebay.workers;

import io.forebay.ConfigurationException;
import io.forebay.Schema;

/** A Python function that a worker process has found and tried. */
final class PythonFunction extends BoundFunction {
  private final PythonProgram program;

  PythonFunction(FunctionSpec spec, Schema input, Schema outputs, PythonProgram program) {
    super(spec, input, outputs, spec.python().rows());
    this.program = program;
  }

  @Override
  String name() {
    return spec().shortName();
  }

  @Override
  boolean overRecords() {
    return spec().reference().indexOf('@') < 0;
  }

  @Override
  PythonProgram program() {
    return program;
  }

  @Override
  PooledFunction newPooled() {
    throw new ConfigurationException(
        "the function "
            + name()
            + " is a Python function, which runs in processes only: let its stage run on"
            + " processes");
  }
}
