package io.forebay.workers;

import io.forebay.BatchFunction;
import io.forebay.ConfigurationException;
import io.forebay.Field;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.Schema;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link BatchFunction}, {@link RecordFunction} or {@link RecordExpander} that was found, checked
 * and bound to the columns that it will be given. Everything that can be refused is refused here,
 * before a source is opened.
 */
public final class BoundFunction {
  private final FunctionSpec spec;
  private final FunctionClass function;
  private final Schema input;
  private final Schema outputs;
  private final RowShape rowShape;
  private final @Nullable RecordBinding binding;

  private BoundFunction(
      FunctionClass function,
      FunctionSpec spec,
      Schema input,
      Schema outputs,
      RowShape rowShape,
      @Nullable RecordBinding binding) {
    this.function = function;
    this.spec = spec;
    this.input = input;
    this.outputs = outputs;
    this.rowShape = rowShape;
    this.binding = binding;
  }

  /**
   * Finds and checks a function.
   *
   * @throws ConfigurationException in one sentence: unknown class (with the nearest name), not
   *     public, a lambda or inner class, no usable constructor, wrong interface, a record component
   *     without a column, an unsupported output type, an output that clashes with an input column
   */
  public static BoundFunction bind(FunctionSpec spec, Schema input) {
    FunctionClass function =
        FunctionClass.find(
            spec, List.of(BatchFunction.class, RecordFunction.class, RecordExpander.class));
    Object instance = function.newInstance();
    try {
      if (instance instanceof BatchFunction columns) {
        Schema outputs = checked(function, input, outputs(function, columns, input));
        return new BoundFunction(function, spec, input, outputs, columns.rowShape(), null);
      }
      RecordBinding binding =
          RecordBinding.bind(
              function.type().getName(), RecordTypes.of(function.type(), function.kind()), input);
      return new BoundFunction(
          function,
          spec,
          input,
          checked(function, input, binding.outputs()),
          instance instanceof RecordExpander ? RowShape.ANY : RowShape.SAME,
          binding);
    } finally {
      FunctionClass.close(instance);
    }
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

  /** A new instance for one thread. */
  public StageFunction newInstance() {
    return newPooled();
  }

  /** A new instance for one thread. */
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

  /** The class, as it is named in messages. */
  String name() {
    return function.type().getName();
  }

  /** Whether it is given records, and not columns. */
  boolean overRecords() {
    return binding != null;
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

  private static Schema checked(FunctionClass function, Schema input, Schema outputs) {
    for (Field field : outputs.fields()) {
      if (field.name().startsWith(Field.RESERVED_PREFIX)) {
        throw new ConfigurationException(
            "the function "
                + function.type().getName()
                + " has the output column '"
                + field.name()
                + "': names that begin with "
                + Field.RESERVED_PREFIX
                + " belong to the engine, choose another one");
      }
    }
    try {
      input.plus(outputs);
    } catch (ConfigurationException e) {
      throw new ConfigurationException(
          "the function " + function.type().getName() + " cannot be used: " + e.getMessage(), e);
    }
    return outputs;
  }
}
