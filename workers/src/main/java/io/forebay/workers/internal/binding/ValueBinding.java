package io.forebay.workers.internal.binding;

import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The argument and the result of a {@link io.forebay.ValueFunction}, bound to columns: a record by
 * its components, anything else to one column. Immutable; thread-safe.
 */
public final class ValueBinding {
  /** The column of an argument that is no record. */
  public static final String VALUE = "value";

  /** The column of a result that is no record. */
  public static final String RESULT = "result";

  private static final MethodType READ =
      MethodType.methodType(Object.class, Column[].class, int.class);
  private static final MethodType WRITE =
      MethodType.methodType(void.class, ColumnWriter[].class, int.class, Object.class);

  static {
    ErrorText.endAt(ValueBinding.class);
  }

  private final Class<?> result;
  private final int[] inputColumns;
  private final Schema outputs;
  private final Reader reader;
  private final Writer writer;

  /** Makes the value of a row. */
  interface Reader {
    @Nullable Object read(Column[] columns, int row) throws Throwable;
  }

  /** Writes a value into a row. */
  interface Writer {
    void write(ColumnWriter[] writers, int row, @Nullable Object value) throws Throwable;
  }

  private ValueBinding(
      Class<?> result, int[] inputColumns, Schema outputs, Reader reader, Writer writer) {
    this.result = result;
    this.inputColumns = inputColumns;
    this.outputs = outputs;
    this.reader = reader;
    this.writer = writer;
  }

  /**
   * Binds a function.
   *
   * @throws ConfigurationException if its types and the columns do not fit
   */
  public static ValueBinding bind(String function, ValueTypes types, Schema input) {
    int[] columns = RecordBinding.inputColumns(function, types.input(), VALUE, input);
    Schema outputs = RecordBinding.outputs(function, types.output(), RESULT, input);
    return new ValueBinding(
        types.output(),
        columns,
        outputs,
        reader(function, types.input(), columns, input),
        writer(function, types.output(), outputs));
  }

  /** Reads values of a type from those columns of {@code schema}. */
  static Reader reader(String function, Class<?> type, int[] columns, Schema schema) {
    if (!type.isRecord()) {
      return SingleValue.of(type, schema.field(columns[0]).type());
    }
    MethodHandle handle =
        RecordHandles.reader(function, type.asSubclass(Record.class), columns, schema).asType(READ);
    return (read, row) -> (Object) handle.invokeExact(read, row);
  }

  private static Writer writer(String function, Class<?> type, Schema outputs) {
    if (!type.isRecord()) {
      return SingleValue.of(type, outputs.field(0).type());
    }
    MethodHandle handle =
        RecordHandles.writer(function, type.asSubclass(Record.class), outputs).asType(WRITE);
    // A statement: as the value of a lambda the compiler takes the handle's result for an Object.
    return (writers, row, value) -> {
      handle.invokeExact(writers, row, value);
    };
  }

  /** The columns that the function adds. */
  public Schema outputs() {
    return outputs;
  }

  /** Which columns of the input are read, in this order. */
  public int[] inputColumns() {
    return inputColumns.clone();
  }

  /** The row as the function's argument. Throws what a record's constructor throws. */
  @SuppressWarnings("NullAway") // null where the column is: the function is given it
  public Object read(Column[] columns, int row) throws Exception {
    try {
      return reader.read(columns, row);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes the function's result. Throws what a record's accessors throw. */
  public void write(ColumnWriter[] writers, int row, @Nullable Object value) throws Exception {
    if (value == null ? result.isRecord() : !result.isInstance(value)) {
      throw new IllegalStateException(
          "it returned "
              + (value == null ? "null" : "a " + value.getClass().getName())
              + " in place of a "
              + result.getName());
    }
    try {
      writer.write(writers, row, value);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** The one column of a value that is no record. */
  static Field column(String what, Class<?> type, String name, boolean nullable) {
    ComponentType component =
        ComponentType.of(type)
            .orElseThrow(() ->
                new ConfigurationException(
                    what
                        + " is "
                        + type.getName()
                        + ", which no column can hold: use a record, or one of "
                        + ComponentType.known()));
    return new Field(name, component.output(Optional.empty()), nullable);
  }
}
