package io.forebay.workers.functions;

import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.StageFunction;
import io.forebay.workers.internal.binding.ValueCodec;
import io.forebay.workers.internal.calls.PooledFunction;

/**
 * A {@link io.forebay.BatchFunction}, {@link io.forebay.RecordFunction} or {@link
 * io.forebay.RecordExpander}, or a Python function, that was found, checked and bound to the
 * columns that it will be given. Everything that can be refused is refused here, before a source is
 * opened.
 */
public abstract sealed class BoundFunction permits JavaFunction, PythonFunction {
  private final FunctionSpec spec;
  private final Schema input;
  private final Schema outputs;
  private final RowShape rowShape;

  BoundFunction(FunctionSpec spec, Schema input, Schema outputs, RowShape rowShape) {
    this.spec = spec;
    this.input = input;
    this.outputs = outputs;
    this.rowShape = rowShape;
  }

  /**
   * Finds and checks a class.
   *
   * @throws ConfigurationException see {@code FunctionBinder.bind}
   */
  public static BoundFunction ofClass(FunctionSpec spec, Schema input) {
    return checked(JavaFunction.of(spec, input));
  }

  /**
   * The same, for a worker: it makes one instance, which its {@link #newPooled} then is.
   *
   * @throws ConfigurationException see {@code FunctionBinder.bind}
   */
  public static BoundFunction toCall(FunctionSpec spec, Schema input) {
    return checked(JavaFunction.withInstance(spec, input));
  }

  /** The function's name. */
  public FunctionSpec spec() {
    return spec;
  }

  /** What it is given. */
  public Schema input() {
    return input;
  }

  /** The columns it adds or replaces. */
  public Schema outputs() {
    return outputs;
  }

  /** How its output rows relate to its input rows. */
  public RowShape rowShape() {
    return rowShape;
  }

  /**
   * A new instance for one thread.
   *
   * @throws ConfigurationException for a Python function, which runs in worker processes only
   */
  public StageFunction newInstance() {
    return newPooled();
  }

  /** A new instance for one thread. */
  public abstract PooledFunction newPooled();

  /** The function, as it is named in messages. */
  public abstract String name();

  /**
   * How values become its input columns, and its output columns values again.
   *
   * @throws ConfigurationException if the columns do not make a result of that type
   */
  public <I, O> ValueCodec<I, O> codec(Class<I> argument, Class<O> result) {
    return ValueCodec.of(name(), argument, result, input, outputs);
  }

  /** Whether it is given records, and not columns. */
  abstract boolean overRecords();

  /** The function, if its outputs can stand beside its input. */
  static BoundFunction checked(BoundFunction function) {
    for (Field field : function.outputs.fields()) {
      if (field.name().startsWith(Field.RESERVED_PREFIX)) {
        throw new ConfigurationException(
            "the function "
                + function.name()
                + " has the output column '"
                + field.name()
                + "': names that begin with "
                + Field.RESERVED_PREFIX
                + " belong to the engine, choose another one");
      }
    }
    try {
      function.input.plus(function.outputs);
    } catch (ConfigurationException e) {
      throw new ConfigurationException(
          "the function " + function.name() + " cannot be used: " + e.getMessage(), e);
    }
    return function;
  }
}
