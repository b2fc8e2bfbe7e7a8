package io.forebay.workers.internal.binding;

import io.forebay.ValueFunction;
import io.forebay.errors.ConfigurationException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** What a {@link ValueFunction} takes and returns: the arguments of its interface. */
public record ValueTypes(Class<?> input, Class<?> output) {

  /** The arguments that the class gives to the interface's type parameters. */
  public static ValueTypes of(Class<?> function) {
    Type[] arguments = RecordTypes.arguments(function, ValueFunction.class);
    Class<?> input = arguments == null ? null : raw(arguments[0]);
    Class<?> output = arguments == null ? null : raw(arguments[1]);
    if (input == null || output == null) {
      throw new ConfigurationException(
          "the function "
              + function.getName()
              + " does not say what it takes and returns: declare 'implements ValueFunction<Input,"
              + " Output>' with two classes");
    }
    return new ValueTypes(input, output);
  }

  private static @Nullable Class<?> raw(Type type) {
    if (type instanceof ParameterizedType generic) {
      return (Class<?>) generic.getRawType();
    }
    return type instanceof Class<?> plain ? plain : null;
  }
}
