package io.forebay.workers;

import io.forebay.BatchFunction;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.ValueFunction;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PythonSettings;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.binding.FunctionClass;
import io.forebay.workers.internal.binding.ValueBinding;
import io.forebay.workers.internal.binding.ValueCodec;
import io.forebay.workers.internal.binding.ValueTypes;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Pools that are used alone, with all that they need: what calls a function on values, or on
 * batches, on several workers.
 *
 * <pre>{@code
 * try (CallPool<String, String> pool = Pools.processes().calls(Shout.class).workers(2).start()) {
 *   System.out.println(pool.call("hello").get());
 * }
 * }</pre>
 *
 * <p>Immutable.
 */
public final class Pools {
  private static final long CALL_SLOT_BYTES = 64 << 10;
  private static final long BATCH_SLOT_BYTES = 1 << 20;

  private static final Pools PROCESSES = new Pools(true);
  private static final Pools THREADS = new Pools(false);

  private final boolean processes;

  private Pools(boolean processes) {
    this.processes = processes;
  }

  /** Pools of worker processes: one that dies takes nothing with it, one that hangs is killed. */
  public static Pools processes() {
    return PROCESSES;
  }

  /** Pools of threads of this process: no isolation, no kill on time. For Java functions. */
  public static Pools threads() {
    return THREADS;
  }

  /**
   * A pool that calls a function on values: see {@link CallPool}.
   *
   * @param function a public class with a public constructor
   */
  public <I, O> PoolBuilder<CallPool<I, O>> calls(Class<? extends ValueFunction<I, O>> function) {
    return calls(function, pool -> pool);
  }

  /**
   * As {@link #calls(Class)}, for what is made of the pool.
   *
   * @param view makes it of a pool that has started
   */
  public <I, O, P> PoolBuilder<P> calls(
      Class<? extends ValueFunction<I, O>> function, Function<CallPool<I, O>, P> view) {
    return new PoolBuilder<>(
        function.getName(),
        processes,
        CALL_SLOT_BYTES,
        0,
        builder -> view.apply(start(builder, function)));
  }

  /**
   * As {@link #calls(Class)}, by name: that of a class, or {@code python:module.function}. A Python
   * function takes a list and returns a list, of dicts where the class is a record and of values
   * otherwise; {@code python:module.function@each} takes and returns one of them.
   */
  public <I, O> PoolBuilder<CallPool<I, O>> calls(
      String function, Class<I> input, Class<O> output) {
    String reference = function;
    if (FunctionSpec.of(function).isPython()) {
      reference += function.indexOf('@') < 0 ? "@list" : "";
      reference += input.isRecord() ? "" : "+" + ValueBinding.VALUE;
      reference += output.isRecord() ? "" : "+" + ValueBinding.RESULT;
    }
    return new PoolBuilder<>(
        reference, processes, CALL_SLOT_BYTES, 0, builder -> start(builder, input, output));
  }

  /** A pool that calls a function on batches of these columns: see {@link BatchPool}. */
  public PoolBuilder<BatchPool> batches(Class<? extends BatchFunction> function, Schema input) {
    return batches(function.getName(), input);
  }

  /** As {@link #batches(Class, Schema)}, by name: that of any function of a pipeline's stage. */
  public PoolBuilder<BatchPool> batches(String function, Schema input) {
    return new PoolBuilder<>(
        function,
        processes,
        BATCH_SLOT_BYTES,
        1,
        builder -> new BatchPool(builder.start(FunctionBinder.bind(builder.function(), input))));
  }

  /** The classes of the function's type arguments are those that the compiler saw. */
  @SuppressWarnings("unchecked")
  private static <I, O> CallPool<I, O> start(
      PoolBuilder<?> builder, Class<? extends ValueFunction<I, O>> function) {
    ValueTypes types = ValueTypes.of(function);
    return start(builder, (Class<I>) types.input(), (Class<O>) types.output());
  }

  private static <I, O> CallPool<I, O> start(
      PoolBuilder<?> builder, Class<I> input, Class<O> output) {
    FunctionSpec spec = builder.function();
    String name = spec.shortName();
    Schema inputs = ValueCodec.inputs(name, input);
    Schema outputs = ValueCodec.outputs(name, output);
    if (spec.isPython()) {
      PythonSettings python = builder.python();
      spec =
          builder.function(
              new PythonSettings(
                  python.interpreter(), python.path(), Optional.of(outputs), python.rows()));
    } else {
      checkTypes(name, spec, input, output);
    }
    BoundFunction bound = FunctionBinder.bind(spec, inputs);
    if (bound.rowShape() != RowShape.SAME) {
      throw new ConfigurationException(
          "the function "
              + name
              + " may have no result or several for an argument: a pool of calls needs exactly one,"
              + " use a pool of batches");
    }
    ValueCodec<I, O> codec = bound.codec(input, output); // First: it may refuse them.
    return new CallPool<>(builder.start(bound), codec);
  }

  private static void checkTypes(String name, FunctionSpec spec, Class<?> input, Class<?> output) {
    Class<?> type =
        FunctionClass.find(spec, List.of(RecordFunction.class, ValueFunction.class)).type();
    ValueTypes types = ValueTypes.of(type);
    if (types.input() != input || types.output() != output) {
      throw new ConfigurationException(
          "the function "
              + name
              + " takes "
              + types.input().getName()
              + " and returns "
              + types.output().getName()
              + ", not "
              + input.getName()
              + " and "
              + output.getName()
              + ": name these classes");
    }
  }
}
