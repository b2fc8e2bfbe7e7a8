package io.forebay.workers.internal.binding;

import io.forebay.errors.ConfigurationException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which records a function over records takes and returns: the arguments of its interface. */
public record RecordTypes(Class<? extends Record> input, Class<? extends Record> output) {

  /** The arguments that {@code function}'s class gives to the type parameters of {@code kind}. */
  public static RecordTypes of(Class<?> function, Class<?> kind) {
    Type[] arguments = arguments(function, kind);
    Class<? extends Record> input = arguments == null ? null : recordClass(arguments[0]);
    Class<? extends Record> output = arguments == null ? null : recordClass(arguments[1]);
    if (input != null && output != null) {
      return new RecordTypes(input, output);
    }
    throw new ConfigurationException(
        "the function "
            + function.getName()
            + " does not say which records it takes and returns: declare 'implements "
            + kind.getSimpleName()
            + "<Input, Output>' with two record classes");
  }

  /** The arguments of the interface as they are declared; null if it is raw. */
  public static Type @Nullable [] arguments(Class<?> function, Class<?> kind) {
    return find(function, kind, Map.of());
  }

  private static @Nullable Class<? extends Record> recordClass(Type type) {
    Class<?> raw =
        type instanceof ParameterizedType generic
            ? (Class<?>) generic.getRawType()
            : type instanceof Class<?> plain ? plain : null;
    return raw != null && raw.isRecord() ? raw.asSubclass(Record.class) : null;
  }

  private static Type @Nullable [] find(
      Type type, Class<?> kind, Map<TypeVariable<?>, Type> bindings) {
    Class<?> raw;
    Map<TypeVariable<?>, Type> own = new HashMap<>();
    if (type instanceof ParameterizedType generic) {
      raw = (Class<?>) generic.getRawType();
      Type[] arguments = generic.getActualTypeArguments();
      for (int i = 0; i < arguments.length; i++) {
        Type argument = arguments[i];
        own.put(
            raw.getTypeParameters()[i],
            argument instanceof TypeVariable<?> variable
                ? bindings.getOrDefault(variable, argument)
                : argument);
      }
    } else {
      raw = (Class<?>) type;
    }
    if (raw == kind) {
      Type[] arguments = new Type[raw.getTypeParameters().length];
      for (int i = 0; i < arguments.length; i++) {
        Type argument = own.get(raw.getTypeParameters()[i]);
        if (argument == null) {
          return null;
        }
        arguments[i] = argument;
      }
      return arguments;
    }
    for (Type parent : raw.getGenericInterfaces()) {
      Type[] found = find(parent, kind, own);
      if (found != null) {
        return found;
      }
    }
    Type parent = raw.getGenericSuperclass();
    return parent == null ? null : find(parent, kind, own);
  }
}
