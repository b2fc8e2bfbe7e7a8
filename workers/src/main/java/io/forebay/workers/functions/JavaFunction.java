package io.forebay.workers.functions;

import io.forebay.BatchFunction;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.ValueFunction;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.binding.FunctionClass;
import io.forebay.workers.internal.binding.RecordBinding;
import io.forebay.workers.internal.binding.RecordTypes;
import io.forebay.workers.internal.binding.ValueBinding;
import io.forebay.workers.internal.binding.ValueTypes;
import io.forebay.workers.internal.calls.BatchCall;
import io.forebay.workers.internal.calls.PooledFunction;
import io.forebay.workers.internal.calls.RowCall;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A function that is a class on the class path. */
final class JavaFunction extends BoundFunction {
  private final FunctionClass function;
  private final @Nullable RecordBinding binding;
  private final @Nullable ValueBinding values;

  /** An instance that was told its input, for the first who asks for one. */
  private @Nullable Object first;

  private JavaFunction(
      FunctionClass function,
      FunctionSpec spec,
      Schema input,
      Schema outputs,
      RowShape rowShape,
      @Nullable RecordBinding binding,
      @Nullable ValueBinding values) {
    super(spec, input, outputs, rowShape);
    this.function = function;
    this.binding = binding;
    this.values = values;
  }

  /** See {@code FunctionBinder.bind}. */
  static JavaFunction of(FunctionSpec spec, Schema input) {
    FunctionClass function = find(spec);
    Object instance = function.newInstance();
    try {
      return of(function, instance, spec, input);
    } finally {
      FunctionClass.close(instance);
    }
  }

  /**
   * The same, for who will call it: the instance that was looked at is the first that {@link
   * #newPooled} gives away. It may have read a model.
   */
  static JavaFunction withInstance(FunctionSpec spec, Schema input) {
    FunctionClass function = find(spec);
    Object instance = function.newInstance();
    try {
      JavaFunction bound = of(function, instance, spec, input);
      bound.first = instance;
      return bound;
    } catch (RuntimeException | Error e) {
      FunctionClass.closeQuietly(instance);
      throw e;
    }
  }

  private static FunctionClass find(FunctionSpec spec) {
    return FunctionClass.find(
        spec,
        List.of(
            BatchFunction.class, RecordFunction.class, RecordExpander.class, ValueFunction.class));
  }

  private static JavaFunction of(
      FunctionClass function, Object instance, FunctionSpec spec, Schema input) {
    if (instance instanceof BatchFunction columns) {
      Schema outputs = outputs(function, columns, input);
      return new JavaFunction(function, spec, input, outputs, columns.rowShape(), null, null);
    }
    if (function.kind() == ValueFunction.class) {
      ValueBinding values =
          ValueBinding.bind(function.type().getName(), ValueTypes.of(function.type()), input);
      return new JavaFunction(function, spec, input, values.outputs(), RowShape.SAME, null, values);
    }
    RecordBinding binding =
        RecordBinding.bind(
            function.type().getName(), RecordTypes.of(function.type(), function.kind()), input);
    return new JavaFunction(
        function,
        spec,
        input,
        binding.outputs(),
        instance instanceof RecordExpander ? RowShape.ANY : RowShape.SAME,
        binding,
        null);
  }

  @Override
  @SuppressWarnings("unchecked") // The binding has checked the type arguments.
  public PooledFunction newPooled() {
    Object instance = first;
    first = null;
    if (instance == null) {
      instance = function.newInstance();
      checkOutputs(instance);
    }
    // No switch: its first use takes a starting worker 5 ms.
    if (instance instanceof BatchFunction columns) {
      return new BatchCall(name(), rowShape(), columns);
    }
    if (values != null) {
      return RowCall.ofValues(name(), values, (ValueFunction<Object, Object>) instance);
    }
    RecordBinding records = Objects.requireNonNull(binding);
    return instance instanceof RecordExpander
        ? RowCall.ofExpander(name(), records, (RecordExpander<Record, Record>) instance)
        : RowCall.ofRecords(name(), records, (RecordFunction<Record, Record>) instance);
  }

  /** An instance computes only after it was told its input, and named the same outputs again. */
  private void checkOutputs(Object instance) {
    if (!(instance instanceof BatchFunction columns)) {
      return;
    }
    try {
      Schema found = outputs(function, columns, input());
      if (!found.equals(outputs())) {
        throw new ConfigurationException(
            "the function "
                + name()
                + " named the outputs "
                + outputs()
                + " at first, and "
                + found
                + " now: let outputs() depend on nothing but its input and parameters");
      }
    } catch (ConfigurationException e) {
      FunctionClass.closeQuietly(instance);
      throw e;
    }
  }

  @Override
  public String name() {
    return function.type().getName();
  }

  @Override
  boolean overRecords() {
    return binding != null || values != null;
  }

  private static Schema outputs(FunctionClass function, BatchFunction instance, Schema input) {
    try {
      Schema outputs = instance.outputs(input);
      if (outputs == null) {
        throw new ConfigurationException(
            "outputs() returned null: return an empty schema if no column is added");
      }
      return outputs;
    } catch (ConfigurationException e) {
      throw new ConfigurationException(
          "the function "
              + function.type().getName()
              + " does not fit its input: "
              + e.getMessage(),
          e);
    } catch (RuntimeException | LinkageError e) {
      throw new ConfigurationException(
          "the function "
              + function.type().getName()
              + " cannot name its outputs: outputs() threw "
              + ErrorText.headline(e),
          e);
    }
  }
}
