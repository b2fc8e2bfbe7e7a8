package io.forebay.workers.internal.binding;

import io.forebay.Batch;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Optional;

/**
 * The components of a function's records, bound to columns by name. Immutable; thread-safe.
 *
 * <p>A primitive component stands for a column without nulls; any other one (boxed types, {@code
 * String}, {@code Instant}, arrays) may be null, and makes a nullable output column. Input columns
 * widen to the component's type where no value is lost; an output column that replaces an input
 * column keeps its type where all values of the component fit.
 *
 * <p>All components are read (or written) by one method handle: see {@link RecordHandles}.
 */
public final class RecordBinding {
  static {
    ErrorText.endAt(RecordBinding.class);
  }

  private final String function;
  private final Class<? extends Record> outputType;
  private final int[] inputColumns;
  private final Schema outputs;
  private final MethodHandle read;
  private final MethodHandle write;

  private RecordBinding(
      String function, RecordTypes types, int[] columns, Schema input, Schema outputs) {
    this.function = function;
    this.outputType = types.output();
    this.inputColumns = columns;
    this.outputs = outputs;
    this.read = RecordHandles.reader(function, types.input(), columns, input);
    this.write = RecordHandles.writer(function, types.output(), outputs);
  }

  /**
   * Binds the records of {@code function}.
   *
   * @throws ConfigurationException naming the component and the column, if they do not fit
   */
  public static RecordBinding bind(String function, RecordTypes types, Schema input) {
    int[] columns = inputColumns(function, types.input(), "", input);
    Schema outputs = outputs(function, types.output(), "", input);
    return new RecordBinding(function, types, columns, input, outputs);
  }

  /** The columns of a record's components, or {@code column} if the type is no record. */
  static int[] inputColumns(String function, Class<?> type, String column, Schema input) {
    if (!type.isRecord()) {
      return new int[] {valueColumn(function, type, column, input)};
    }
    return Arrays.stream(type.getRecordComponents())
        .mapToInt(component -> inputColumn(function, type, component, input))
        .toArray();
  }

  /** The columns that a record's components make, or {@code column} if the type is no record. */
  static Schema outputs(String function, Class<?> type, String column, Schema input) {
    if (!type.isRecord()) {
      return Schema.of(
          ValueBinding.column("the result of the function " + function, type, column, true));
    }
    return Schema.of(
        Arrays.stream(type.getRecordComponents())
            .map(component -> outputField(function, type, component, input))
            .toList());
  }

  /** The columns that the function adds or replaces. */
  public Schema outputs() {
    return outputs;
  }

  /** The columns that components are read from, in their order. */
  public Column[] columns(Batch batch) {
    Column[] columns = new Column[inputColumns.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = batch.column(inputColumns[i]);
    }
    return columns;
  }

  /** The columns that components are written to, in their order. */
  public ColumnWriter[] writers(BatchWriter out) {
    ColumnWriter[] writers = new ColumnWriter[outputs.size()];
    for (int i = 0; i < writers.length; i++) {
      writers[i] = out.column(i);
    }
    return writers;
  }

  /** The row as a record. Throws what the record's constructor throws. */
  public Record read(Column[] columns, int row) throws Exception {
    try {
      return (Record) read.invokeExact(columns, row);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes the record's components. Throws what its accessors throw. */
  public void write(ColumnWriter[] writers, int row, Record result) throws Exception {
    if (!outputType.isInstance(result)) {
      throw new IllegalStateException(
          "it returned "
              + (result == null ? "null" : "a " + result.getClass().getName())
              + " in place of a "
              + outputType.getName());
    }
    try {
      write.invokeExact(writers, row, result);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return function + " -> " + outputs;
  }

  // ------------------------------------------------------------------ checks

  private static int valueColumn(String function, Class<?> type, String column, Schema input) {
    String what = "the argument of the function " + function;
    Field wanted = ValueBinding.column(what, type, column, false);
    int index = input.indexOf(column);
    if (index < 0 || !ComponentType.of(type).orElseThrow().reads(input.field(index).type())) {
      throw new ConfigurationException(
          what
              + " is "
              + type.getSimpleName()
              + ", which is read from a column '"
              + column
              + "' of type "
              + wanted.type()
              + ", but the columns are "
              + input.fields()
              + ": name it so, or take a record");
    }
    return index;
  }

  private static int inputColumn(
      String function, Class<?> record, RecordComponent component, Schema input) {
    ComponentType type = componentType(function, record, component);
    int index = input.indexOf(component.getName());
    if (index < 0) {
      throw new ConfigurationException(
          what(function, record, component)
              + " has no column: the columns are "
              + input.fields().stream().map(Field::name).toList()
              + nearest(component.getName(), input));
    }
    Field field = input.field(index);
    if (!type.reads(field.type())) {
      throw new ConfigurationException(
          what(function, record, component)
              + " is "
              + component.getType().getSimpleName()
              + ", which cannot hold every value of the column '"
              + field.name()
              + "' ("
              + field.type()
              + "): declare it as "
              + ColumnAccess.valueClass(field.type()).getSimpleName());
    }
    if (field.nullable() && component.getType().isPrimitive()) {
      throw new ConfigurationException(
          what(function, record, component)
              + " is "
              + component.getType().getSimpleName()
              + ", but rows of the column '"
              + field.name()
              + "' may be null: declare it as "
              + MethodType.methodType(component.getType()).wrap().returnType().getSimpleName());
    }
    return index;
  }

  private static Field outputField(
      String function, Class<?> record, RecordComponent component, Schema input) {
    ComponentType type = componentType(function, record, component);
    String name = component.getName();
    Optional<ColumnType> replaced =
        input.has(name) ? Optional.of(input.field(name).type()) : Optional.empty();
    ColumnType column = type.output(replaced);
    if (replaced.isPresent() && replaced.get() != column) {
      throw new ConfigurationException(
          what(function, record, component)
              + " is "
              + component.getType().getSimpleName()
              + ", but it would replace the input column '"
              + name
              + "' ("
              + replaced.get()
              + "): give it another name or that type");
    }
    return new Field(name, column, !component.getType().isPrimitive());
  }

  private static ComponentType componentType(
      String function, Class<?> record, RecordComponent component) {
    return ComponentType.of(component.getType())
        .orElseThrow(() ->
            new ConfigurationException(
                what(function, record, component)
                    + " is "
                    + component.getType().getSimpleName()
                    + ", which no column can hold: use one of "
                    + ComponentType.known()));
  }

  private static String what(String function, Class<?> record, RecordComponent component) {
    return "the component '"
        + component.getName()
        + "' of the record "
        + record.getSimpleName()
        + " of the function "
        + function;
  }

  private static String nearest(String name, Schema input) {
    return input.fields().stream()
        .map(Field::name)
        .filter(field -> ClassPathNames.distance(field, name) <= 1 + name.length() / 4)
        .findFirst()
        .map(field -> "; did you mean '" + field + "'?")
        .orElse("");
  }
}
