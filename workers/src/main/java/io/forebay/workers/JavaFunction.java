package io.forebay.workers;

import io.forebay.BatchFunction;
import io.forebay.ConfigurationException;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.Schema;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A function that is a class on the class path. */
final class JavaFunction extends BoundFunction {
  private final FunctionClass function;
  private final @Nullable RecordBinding binding;

  private JavaFunction(
      FunctionClass function,
      FunctionSpec spec,
      Schema input,
      Schema outputs,
      RowShape rowShape,
      @Nullable RecordBinding binding) {
    super(spec, input, outputs, rowShape);
    this.function = function;
    this.binding = binding;
  }

  /** See {@link BoundFunction#bind}. */
  static JavaFunction of(FunctionSpec spec, Schema input) {
    FunctionClass function =
        FunctionClass.find(
            spec, List.of(BatchFunction.class, RecordFunction.class, RecordExpander.class));
    Object instance = function.newInstance();
    try {
      if (instance instanceof BatchFunction columns) {
        Schema outputs = outputs(function, columns, input);
        return new JavaFunction(function, spec, input, outputs, columns.rowShape(), null);
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
          binding);
    } finally {
      FunctionClass.close(instance);
    }
  }

  @Override
  @SuppressWarnings("unchecked") // The binding has checked the type arguments.
  PooledFunction newPooled() {
    return switch (function.newInstance()) {
      case BatchFunction columns -> new BatchCall(this, columns);
      case RecordFunction<?, ?> records ->
          new RecordCall(
              this,
              Objects.requireNonNull(binding),
              (RecordFunction<Record, Record>) (RecordFunction<?, ?>) records);
      case RecordExpander<?, ?> records ->
          new ExpanderCall(
              this,
              Objects.requireNonNull(binding),
              (RecordExpander<Record, Record>) (RecordExpander<?, ?>) records);
      case Object other -> throw new AssertionError(other.getClass());
    };
  }

  @Override
  String name() {
    return function.type().getName();
  }

  @Override
  boolean overRecords() {
    return binding != null;
  }

  @Override
  WorkerProgram program() {
    return new JavaProgram();
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
