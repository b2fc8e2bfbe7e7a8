package io.forebay.workers.internal.binding;

import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/**
 * Method handles that read a record from columns and write it to columns. Each is composed of the
 * accesses to all components, so that the compiler sees straight code: some nanoseconds a
 * component, and nothing boxed. The types were checked before, see {@link RecordBinding}.
 */
final class RecordHandles {
  private static final MethodType READ =
      MethodType.methodType(Record.class, Column[].class, int.class);
  private static final MethodType WRITE =
      MethodType.methodType(void.class, ColumnWriter[].class, int.class, Record.class);

  private static final MethodHandle IS_NULL;

  static {
    try {
      IS_NULL =
          MethodHandles.lookup()
              .findStatic(
                  Objects.class, "isNull", MethodType.methodType(boolean.class, Object.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private RecordHandles() {}

  /**
   * From columns and a row to a record: {@code (Column[], int)Record}.
   *
   * @param columns the columns of the components, in their order
   */
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
    MethodHandle get = ColumnAccess.getter(field.type(), index, type == Instant.class);
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

  /** From writers, a row and a record to nothing: {@code (ColumnWriter[], int, Record)void}. */
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
    MethodHandle set = ColumnAccess.setter(field.type(), index, type == Instant.class);
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
