package io.forebay.workers;

import io.forebay.Batch;
import io.forebay.BatchWriter;
import io.forebay.Column;
import io.forebay.ColumnType;
import io.forebay.ColumnWriter;
import io.forebay.ConfigurationException;
import io.forebay.Field;
import io.forebay.Schema;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
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
 * <p>All components are read (or written) by one method handle composed of the accesses to each, so
 * that the compiler sees straight code: some nanoseconds a component, and nothing boxed.
 */
final class RecordBinding {
  private static final MethodType READ =
      MethodType.methodType(Record.class, Column[].class, int.class);
  private static final MethodType WRITE =
      MethodType.methodType(void.class, ColumnWriter[].class, int.class, Record.class);

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
    this.read = reader(function, types.input(), columns, input);
    this.write = writer(function, types.output(), outputs);
  }

  /**
   * Binds the records of {@code function}.
   *
   * @throws ConfigurationException naming the component and the column, if they do not fit
   */
  static RecordBinding bind(String function, RecordTypes types, Schema input) {
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
  Schema outputs() {
    return outputs;
  }

  /** The columns that components are read from, in their order. */
  Column[] columns(Batch batch) {
    Column[] columns = new Column[inputColumns.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = batch.column(inputColumns[i]);
    }
    return columns;
  }

  /** The columns that components are written to, in their order. */
  ColumnWriter[] writers(BatchWriter out) {
    ColumnWriter[] writers = new ColumnWriter[outputs.size()];
    for (int i = 0; i < writers.length; i++) {
      writers[i] = out.column(i);
    }
    return writers;
  }

  /** The row as a record. Throws what the record's constructor throws. */
  Record read(Column[] columns, int row) throws Exception {
    try {
      return (Record) read.invokeExact(columns, row);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes the record's components. Throws what its accessors throw. */
  void write(ColumnWriter[] writers, int row, Record result) throws Exception {
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

  // ------------------------------------------------------------------ method handles

  static MethodHandle reader(
      String function, Class<? extends Record> record, int[] columns, Schema input) {
    RecordComponent[] components = record.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    MethodHandle handle;
    try {
      handle =
          lookup(record)
              .findConstructor(record, MethodType.methodType(void.class, types))
              .asType(MethodType.methodType(Record.class, types));
    } catch (ReflectiveOperationException e) {
      throw inaccessible(function, record, e);
    }
    // From (T1, T2, …) to (Column[], int): a component is replaced by its reading, then the
    // arguments of the reading are shared with those of the components before it.
    for (int i = 0; i < components.length; i++) {
      Field field = input.field(columns[i]);
      MethodHandle get = value(field, i, components[i].getType());
      if (i == 0) {
        handle = MethodHandles.collectArguments(handle, 0, get);
      } else {
        handle = MethodHandles.collectArguments(handle, 2, get);
        int[] order = new int[handle.type().parameterCount()];
        for (int k = 0; k < order.length; k++) {
          order[k] = k < 2 ? k : k - 2;
        }
        handle =
            MethodHandles.permuteArguments(handle, handle.type().dropParameterTypes(0, 2), order);
      }
    }
    return components.length == 0
        ? MethodHandles.dropArguments(handle, 0, READ.parameterList())
        : handle.asType(READ);
  }

  private static MethodHandle value(Field field, int index, Class<?> type) {
    Class<?> unboxed = ComponentType.of(type).orElseThrow().unboxed();
    MethodHandle get = ColumnAccess.getter(field.type(), index, type == java.time.Instant.class);
    get = get.asType(get.type().changeReturnType(unboxed));
    get = get.asType(get.type().changeReturnType(type));
    if (!field.nullable()) {
      return get;
    }
    MethodHandle none =
        MethodHandles.dropArguments(
            MethodHandles.constant(type, null), 0, Column[].class, int.class);
    return MethodHandles.guardWithTest(ColumnAccess.isNull(index), none, get);
  }

  static MethodHandle writer(String function, Class<? extends Record> record, Schema outputs) {
    MethodHandle all = MethodHandles.empty(WRITE);
    RecordComponent[] components = record.getRecordComponents();
    try {
      MethodHandles.Lookup lookup = lookup(record);
      for (int i = components.length - 1; i >= 0; i--) {
        Class<?> type = components[i].getType();
        MethodHandle accessor = lookup.unreflect(components[i].getAccessor());
        MethodHandle set =
            MethodHandles.filterArguments(setter(outputs.field(i), i, type), 2, accessor);
        all = MethodHandles.foldArguments(all, set.asType(WRITE));
      }
    } catch (ReflectiveOperationException e) {
      throw inaccessible(function, record, e);
    }
    return all;
  }

  private static MethodHandle setter(Field field, int index, Class<?> type) {
    Class<?> unboxed = ComponentType.of(type).orElseThrow().unboxed();
    MethodHandle set = ColumnAccess.setter(field.type(), index, type == java.time.Instant.class);
    set = set.asType(set.type().changeParameterType(2, unboxed));
    set = set.asType(set.type().changeParameterType(2, type));
    if (type.isPrimitive()) {
      return set;
    }
    MethodHandle test = MethodHandles.dropArguments(IS_NULL, 0, ColumnWriter[].class, int.class);
    MethodHandle setNull = MethodHandles.dropArguments(ColumnAccess.setNull(index), 2, type);
    return MethodHandles.guardWithTest(
        test.asType(test.type().changeParameterType(2, type)), setNull, set);
  }

  private static final MethodHandle IS_NULL;

  static {
    try {
      IS_NULL =
          MethodHandles.lookup()
              .findStatic(
                  java.util.Objects.class,
                  "isNull",
                  MethodType.methodType(boolean.class, Object.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static MethodHandles.Lookup lookup(Class<?> record) throws IllegalAccessException {
    return MethodHandles.privateLookupIn(record, MethodHandles.lookup());
  }

  private static ConfigurationException inaccessible(
      String function, Class<?> record, ReflectiveOperationException cause) {
    return new ConfigurationException(
        "the record "
            + record.getName()
            + " of the function "
            + function
            + " cannot be used: "
            + cause.getMessage()
            + "; make it public, or open its package",
        cause);
  }
}
