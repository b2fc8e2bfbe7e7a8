package io.forebay.workers.internal.binding;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.UnpairedSurrogateException;
import io.forebay.slots.StagedRow;
import io.forebay.workers.api.CallException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of plain calls: writes arguments into rows, reads results from rows. Immutable;
 * thread-safe.
 */
public final class ValueCodec<I, O> {
  private final Class<I> inputType;
  private final Schema input;
  private final MethodHandle[] accessors;
  private final int[] columns;
  private final ValueBinding.Reader reader;

  private ValueCodec(
      Class<I> inputType,
      Schema input,
      MethodHandle[] accessors,
      int[] columns,
      ValueBinding.Reader reader) {
    this.inputType = inputType;
    this.input = input;
    this.accessors = accessors;
    this.columns = columns;
    this.reader = reader;
  }

  /** The columns of arguments of that type. */
  public static Schema inputs(String function, Class<?> type) {
    String what = "the argument of the function " + function;
    return type.isRecord()
        ? Schema.of(fields(what, type))
        : Schema.of(ValueBinding.column(what, type, ValueBinding.VALUE, false));
  }

  /** The columns of results of that type. */
  public static Schema outputs(String function, Class<?> type) {
    String what = "the result of the function " + function;
    return type.isRecord()
        ? Schema.of(fields(what, type))
        : Schema.of(ValueBinding.column(what, type, ValueBinding.RESULT, true));
  }

  private static List<Field> fields(String what, Class<?> record) {
    List<Field> fields = new ArrayList<>();
    for (RecordComponent component : record.getRecordComponents()) {
      fields.add(
          ValueBinding.column(
              what + ", a " + record.getSimpleName() + ", has a '" + component.getName() + "' that",
              component.getType(),
              component.getName(),
              !component.getType().isPrimitive()));
    }
    if (fields.isEmpty()) {
      throw new ConfigurationException(
          what + " is the record " + record.getName() + " without components: give it one");
    }
    return fields;
  }

  /**
   * For a function that was bound to {@link #inputs} of that type.
   *
   * @param outputs the columns that it adds
   * @throws ConfigurationException if they do not make a result of that type
   */
  public static <I, O> ValueCodec<I, O> of(
      String function, Class<I> input, Class<O> output, Schema inputs, Schema outputs) {
    Schema after = inputs.plus(outputs);
    int[] columns = RecordBinding.inputColumns(function, output, ValueBinding.RESULT, after);
    return new ValueCodec<>(
        input,
        inputs,
        accessors(function, input),
        columns,
        ValueBinding.reader(function, output, columns, after));
  }

  private static MethodHandle[] accessors(String function, Class<?> type) {
    if (!type.isRecord()) {
      return new MethodHandle[] {MethodHandles.identity(Object.class)};
    }
    RecordComponent[] components = type.getRecordComponents();
    MethodHandle[] accessors = new MethodHandle[components.length];
    try {
      MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      for (int i = 0; i < accessors.length; i++) {
        accessors[i] =
            lookup
                .unreflect(components[i].getAccessor())
                .asType(MethodType.methodType(Object.class, Object.class));
      }
    } catch (IllegalAccessException e) {
      throw new ConfigurationException(
          "the record "
              + type.getName()
              + " of the function "
              + function
              + " cannot be used: "
              + e.getMessage()
              + "; make it public, or open its package",
          e);
    }
    return accessors;
  }

  /**
   * Writes an argument.
   *
   * @throws CallException if its accessors throw, or it is not what the function takes
   */
  public void encode(I argument, StagedRow row) {
    if (!inputType.isInstance(argument)) {
      throw unreadable(
          "the argument is "
              + (argument == null ? "null" : "a " + argument.getClass().getName())
              + " in place of a "
              + inputType.getName(),
          "");
    }
    row.clear();
    for (int i = 0; i < accessors.length; i++) {
      Object value;
      try {
        value = (Object) accessors[i].invokeExact((Object) argument);
        if (value != null) {
          set(row, i, value);
        }
      } catch (Throwable e) {
        throw unreadable(
            "the argument's '"
                + input.field(i).name()
                + "' cannot be read: "
                + ErrorText.headline(e),
            ErrorText.detail(e));
      }
    }
  }

  private void set(StagedRow row, int column, Object value) {
    switch (value) {
      case String text -> {
        byte[] utf8 = UnpairedSurrogateException.utf8(text, input.field(column).name());
        row.setBytes(column, utf8, 0, utf8.length);
      }
      case byte[] bytes -> row.setBytes(column, bytes, 0, bytes.length);
      case double[] numbers -> row.setDoubles(column, numbers, 0, numbers.length);
      case Boolean bool -> row.setBool(column, bool);
      case Integer number -> row.setLong(column, number);
      case Long number -> row.setLong(column, number);
      case Float number -> row.setDouble(column, number);
      case Double number -> row.setDouble(column, number);
      case Instant instant ->
          row.setLong(column, ChronoUnit.MICROS.between(Instant.EPOCH, instant));
      default -> throw new IllegalArgumentException("a " + value.getClass().getName());
    }
  }

  /** The columns that {@link #decode} reads, of all that a slot has behind the function. */
  public Column[] columns(Batch results) {
    Column[] read = new Column[columns.length];
    for (int i = 0; i < read.length; i++) {
      read[i] = results.column(columns[i]);
    }
    return read;
  }

  /**
   * Reads a result.
   *
   * @throws CallException if its class cannot be initialized or its constructor throws
   */
  @SuppressWarnings("unchecked") // The reader was made for this class.
  public @Nullable O decode(Column[] results, int row) {
    try {
      return (O) reader.read(results, row);
    } catch (Throwable e) { // An Error of the result's class as well: the call has failed, no more.
      throw unreadable("the result cannot be read: " + ErrorText.headline(e), ErrorText.detail(e));
    }
  }

  private static CallException unreadable(String what, String detail) {
    return new CallException(CallException.Kind.UNREADABLE, Objects.requireNonNull(what), detail);
  }
}
