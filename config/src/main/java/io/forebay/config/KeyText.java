package io.forebay.config;

import io.forebay.config.internal.reading.Keys;
import io.forebay.config.internal.reading.ValueType;
import io.forebay.config.values.Key;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A key of pipeline files, in words. Names of values and keys stand in backquotes.
 *
 * @param value what it takes, for example {@code duration}
 * @param otherwise what holds without it; {@code required} if it cannot be left out
 * @param meaning one phrase
 */
public record KeyText(String name, String value, String otherwise, String meaning) {
  /** What stands for {@link #otherwise} where a key cannot be left out. */
  public static final String REQUIRED = "required";

  /** Whether it cannot be left out. */
  public boolean isRequired() {
    return otherwise.equals(REQUIRED);
  }

  /** The keys of a record that a part of the file is read into, in its order. */
  static List<KeyText> of(Class<?> type) {
    List<KeyText> keys = new ArrayList<>();
    for (RecordComponent component : Keys.keysOf(type).values()) {
      Key key = Objects.requireNonNull(component.getAnnotation(Key.class));
      keys.add(
          new KeyText(
              component.getName(),
              value(component.getGenericType(), key),
              otherwise(component, key),
              key.value()));
    }
    return keys;
  }

  private static String otherwise(RecordComponent component, Key key) {
    if (Keys.isRequired(component, key)) {
      return REQUIRED;
    }
    if (!key.byDefault().isEmpty()) {
      return "`" + key.byDefault() + "`";
    }
    return key.otherwise().isEmpty() ? "none" : key.otherwise();
  }

  private static String value(Type type, Key key) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        return value(arguments[0], key);
      }
      return generic.getRawType() == List.class
          ? "list"
          : "mapping of names to " + plural(value(arguments[1], key));
    }
    Class<?> raw = (Class<?>) type;
    ValueType valueType = ValueType.of(raw == Integer.class ? int.class : raw);
    if (valueType == null) {
      return "mapping";
    }
    String noun =
        valueType.words().isEmpty() || valueType.words().size() > 4
            ? valueType.noun().replaceFirst("^an? ", "")
            : String.join(", ", valueType.words().stream().map(w -> "`" + w + "`").toList());
    if (valueType.hint().endsWith("or a whole number")) {
      noun += " or whole number ≥ 1";
    }
    return noun + range(valueType, key);
  }

  private static String range(ValueType type, Key key) {
    boolean number = type.noun().endsWith("number");
    if (!number || key.min() == Long.MIN_VALUE) {
      return "";
    }
    return " ≥ " + key.min() + (key.max() == Long.MAX_VALUE ? "" : " and ≤ " + key.max());
  }

  private static String plural(String noun) {
    return noun.startsWith("type") ? "types" : noun + "s";
  }
}
