package io.forebay.workers;

import io.forebay.ConfigurationException;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.ValueFunction;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/** The builders of pools of processes and of threads, which differ in nothing else. */
final class Starters {
  private static final long CALL_SLOT_BYTES = 64 << 10;
  private static final long BATCH_SLOT_BYTES = 1 << 20;

  private Starters() {}

  static <I, O> PoolBuilder<CallPool<I, O>> calls(
      Class<? extends ValueFunction<I, O>> function, boolean processes) {
    return new PoolBuilder<>(
        function.getName(), processes, CALL_SLOT_BYTES, 0, builder -> calls(builder, function));
  }

  /** The classes of the function's type arguments are those that the compiler saw. */
  @SuppressWarnings("unchecked")
  private static <I, O> CallPool<I, O> calls(
      PoolBuilder<CallPool<I, O>> builder, Class<? extends ValueFunction<I, O>> function) {
    ValueTypes types = ValueTypes.of(function);
    return calls(builder, (Class<I>) types.input(), (Class<O>) types.output());
  }

  static <I, O> PoolBuilder<CallPool<I, O>> calls(
      String function, Class<I> input, Class<O> output, boolean processes) {
    String reference = function;
    if (FunctionSpec.of(function).isPython()) {
      reference += function.indexOf('@') < 0 ? "@list" : "";
      reference += input.isRecord() ? "" : "+" + ValueBinding.VALUE;
      reference += output.isRecord() ? "" : "+" + ValueBinding.RESULT;
    }
    return new PoolBuilder<>(
        reference, processes, CALL_SLOT_BYTES, 0, builder -> calls(builder, input, output));
  }

  private static <I, O> CallPool<I, O> calls(
      PoolBuilder<CallPool<I, O>> builder, Class<I> input, Class<O> output) {
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
    ValueCodec<I, O> codec = bound.codec(input, output);
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

  static PoolBuilder<BatchPool> batches(String function, Schema input, boolean processes) {
    return new PoolBuilder<>(
        function,
        processes,
        BATCH_SLOT_BYTES,
        1,
        builder -> new BatchPool(builder.start(FunctionBinder.bind(builder.function(), input))));
  }

  static PoolBuilder<ExecutorService> executor(boolean processes) {
    return new PoolBuilder<>(
        TaskFunction.class.getName(),
        processes,
        CALL_SLOT_BYTES,
        0,
        builder -> new TaskExecutor(calls(builder)));
  }

  private static CallPool<byte[], byte[]> calls(PoolBuilder<?> builder) {
    FunctionSpec spec = builder.function();
    BoundFunction bound =
        FunctionBinder.bind(spec, ValueCodec.inputs(spec.shortName(), byte[].class));
    return new CallPool<>(builder.start(bound), bound.codec(byte[].class, byte[].class));
  }
}
