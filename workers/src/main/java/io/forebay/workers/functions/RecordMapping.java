package io.forebay.workers.functions;

import io.forebay.AsyncFunction;
import io.forebay.Batch;
import io.forebay.BatchWriter;
import io.forebay.RecordFunction;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnWriter;
import io.forebay.errors.ConfigurationException;
import io.forebay.slots.CallWriter;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.binding.FunctionClass;
import io.forebay.workers.internal.binding.RecordBinding;
import io.forebay.workers.internal.binding.RecordTypes;
import io.forebay.workers.internal.calls.BatchCall;
import java.util.List;

/**
 * Maps rows to Java records and back, component by component, for functions that are called record
 * by record ({@code AsyncPool}, {@code ThreadPool.ofRows}). Thread-safe.
 *
 * <p>A primitive component stands for a column without nulls; any other one (boxed types, {@code
 * String}, {@code Instant}, arrays) may be null, and makes a nullable output column.
 */
public final class RecordMapping {
  static {
    ErrorText.endAt(RecordMapping.class);
  }

  private final FunctionClass function;
  private final RecordBinding binding;

  private RecordMapping(FunctionClass function, RecordBinding binding) {
    this.function = function;
    this.binding = binding;
  }

  /**
   * Finds and checks an {@link AsyncFunction} or {@link RecordFunction}.
   *
   * @throws ConfigurationException as {@code FunctionBinder.bind}
   */
  public static RecordMapping bind(FunctionSpec spec, Schema input) {
    FunctionClass function =
        FunctionClass.find(spec, List.of(AsyncFunction.class, RecordFunction.class));
    RecordBinding binding =
        RecordBinding.bind(
            function.type().getName(), RecordTypes.of(function.type(), function.kind()), input);
    input.plus(binding.outputs());
    return new RecordMapping(function, binding);
  }

  /** The columns the function adds or replaces. */
  public Schema outputs() {
    return binding.outputs();
  }

  /** The function: an {@link AsyncFunction} or a {@link RecordFunction}; one for the stage. */
  public Object newInstance() {
    return function.newInstance();
  }

  /** The columns that {@link #read} reads. */
  public Column[] columns(Batch batch) {
    return binding.columns(batch);
  }

  /**
   * The row as the function's input record.
   *
   * @throws Exception what the record's constructor throws: the record is to be rejected
   */
  public Record read(Column[] columns, int row) throws Exception {
    return binding.read(columns, row);
  }

  /** The columns that {@link #write} writes. */
  public ColumnWriter[] writers(BatchWriter out) {
    return binding.writers(out);
  }

  /**
   * Writes the function's result as the row's output columns; rows in ascending order.
   *
   * @throws io.forebay.errors.OutputOverflowException if the batch has no room for it
   * @throws Exception what the result's accessors throw, also if the result is null or cannot be
   *     written: the record is to be rejected
   */
  public void write(Record result, ColumnWriter[] writers, int row) throws Exception {
    binding.write(writers, row, result);
  }

  /**
   * Rejects the row because of what its function, its mapping or its result threw.
   *
   * @return false if there is no room for the reason in this batch: the call has overflowed there
   */
  public boolean reject(Throwable error, CallWriter out, int row) {
    return BatchCall.reject(function.type().getName(), error, out, row);
  }
}
