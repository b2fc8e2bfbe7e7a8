package io.forebay.config.internal.reading;

import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.config.values.Variants;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The keys of the pipeline file, as the records say that it is read into. */
public final class Keys {
  private Keys() {}

  /** The key that says which variant a record is; empty if there is none. */
  public static String discriminatorOf(Class<?> type) {
    for (Class<?> parent : type.getInterfaces()) {
      Variants variants = parent.getAnnotation(Variants.class);
      if (variants != null) {
        return variants.key();
      }
    }
    return "";
  }

  /** Whether the key must be there. */
  public static boolean isRequired(RecordComponent component, Key key) {
    if (!key.byDefault().isEmpty()) {
      return false;
    }
    return !(component.getGenericType() instanceof ParameterizedType type)
        || (type.getRawType() != Optional.class && key.min() > 0);
  }

  /** The components of a record, by key, in order. */
  public static Map<String, RecordComponent> keysOf(Class<?> type) {
    Map<String, RecordComponent> keys = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.isAnnotationPresent(Key.class)) {
        keys.put(component.getName(), component);
      }
    }
    return keys;
  }

  /** The keys that a variant has because all of them do. */
  public static Map<String, RecordComponent> commonOf(Class<?> type) {
    for (Class<?> parent : type.getInterfaces()) {
      Variants variants = parent.getAnnotation(Variants.class);
      if (variants != null) {
        return keysOf(variants.common());
      }
    }
    return Map.of();
  }

  /** The records of a sealed interface, by name, in order. */
  public static Map<String, Class<?>> variantsOf(Class<?> type) {
    Map<String, Class<?>> variants = new LinkedHashMap<>();
    for (Class<?> each : type.getPermittedSubclasses()) {
      if (each.isInterface()) { // Of what some of them have in common.
        variants.putAll(variantsOf(each));
      } else {
        variants.put(Objects.requireNonNull(each.getAnnotation(Variant.class)).value(), each);
      }
    }
    return variants;
  }

  /** Which other variant has that key; empty if none. */
  static String elsewhere(Class<?> type, String key) {
    Class<?>[] interfaces = type.getInterfaces();
    if (interfaces.length == 0 || !interfaces[0].isSealed()) {
      return "";
    }
    Variants variants = interfaces[0].getAnnotation(Variants.class);
    if (variants == null) {
      return elsewhere(interfaces[0], key);
    }
    for (Map.Entry<String, Class<?>> variant : variantsOf(interfaces[0]).entrySet()) {
      if (keysOf(variant.getValue()).containsKey(key)) {
        return Wording.article(variant.getKey() + " " + variants.noun());
      }
    }
    return "";
  }

  /** The value of a key that is not there. */
  static Object emptyOf(ParameterizedType type) {
    if (type.getRawType() == Optional.class) {
      return Optional.empty();
    }
    return type.getRawType() == List.class ? List.of() : Map.of();
  }
}
