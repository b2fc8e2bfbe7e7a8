package io.forebay.parameters;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parameters that a function was given, read and checked. */
public final class ParameterValues {
  private final Map<Parameter<?>, Object> values = new HashMap<>();

  ParameterValues(String function, Iterable<Parameter<?>> parameters, Map<String, String> given) {
    for (Parameter<?> parameter : parameters) {
      Object value = parameter.value(function, given.get(parameter.name()));
      if (value != null) {
        values.put(parameter, value);
      }
    }
  }

  /** The value of a parameter that is required or has a default. */
  public <T> T get(Parameter<T> parameter) {
    return Objects.requireNonNull(value(parameter), parameter.name());
  }

  /** The value of a parameter that need not be given. */
  public <T> Optional<T> find(Parameter<T> parameter) {
    return Optional.ofNullable(value(parameter));
  }

  @SuppressWarnings("unchecked") // The parameter itself has made its value.
  private <T> @Nullable T value(Parameter<T> parameter) {
    return (T) values.get(parameter);
  }
}
