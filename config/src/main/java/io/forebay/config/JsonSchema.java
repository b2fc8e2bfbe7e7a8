package io.forebay.config;

import io.forebay.config.internal.reading.Keys;
import io.forebay.config.internal.reading.ValueType;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.observe.Json;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The JSON Schema (draft 2020-12) of pipeline files, from the records that they are read into. */
public final class JsonSchema {
  private JsonSchema() {}

  /** The schema, as text. */
  public static String ofPipelineFiles() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "A Forebay pipeline");
    schema.putAll(ofRecord(PipelineConfig.class));
    return Json.write(schema);
  }

  private static Map<String, Object> of(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        return of(arguments[0]);
      }
      return generic.getRawType() == List.class
          ? ordered("type", "array", "items", of(arguments[0]))
          : ordered("type", "object", "additionalProperties", ofParameter(arguments[1]));
    }
    Class<?> raw = (Class<?>) type;
    ValueType value = ValueType.of(raw == Integer.class ? int.class : raw);
    if (value != null) {
      return orSecret(new LinkedHashMap<>(value.schema()));
    }
    if (!raw.isSealed()) {
      return ofRecord(raw);
    }
    List<Object> variants = new ArrayList<>();
    Keys.variantsOf(raw).values().forEach(variant -> variants.add(ofRecord(variant)));
    return ordered("oneOf", variants);
  }

  /** A parameter is a text, but a number or a boolean is read as one. */
  private static Map<String, Object> ofParameter(Type type) {
    return type == String.class
        ? ordered("type", List.of("string", "number", "boolean"))
        : of(type);
  }

  /** Any value may come from outside the file. */
  private static Map<String, Object> orSecret(Map<String, Object> schema) {
    if ("string".equals(schema.get("type")) && !schema.containsKey("pattern")) {
      return schema;
    }
    Map<String, Object> secret =
        ordered("type", "string", "pattern", "^.*\\$\\{(env|file):[^}]+\\}.*$");
    return ordered("anyOf", List.of(schema, secret));
  }

  private static Map<String, Object> ofRecord(Class<?> type) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    String discriminator = Keys.discriminatorOf(type);
    Variant variant = type.getAnnotation(Variant.class);
    if (variant != null && !discriminator.isEmpty()) {
      properties.put(discriminator, Map.of("const", variant.value()));
      required.add(discriminator);
    }
    Map<String, RecordComponent> keys = Keys.keysOf(type);
    Keys.commonOf(type).forEach(keys::putIfAbsent);
    for (RecordComponent component : keys.values()) {
      Key key = Objects.requireNonNull(component.getAnnotation(Key.class));
      properties.put(component.getName(), property(component, key));
      if (Keys.isRequired(component, key)) {
        required.add(component.getName());
      }
    }
    Map<String, Object> schema = ordered("type", "object");
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
    schema.put("properties", properties);
    return schema;
  }

  private static Map<String, Object> property(RecordComponent component, Key key) {
    Map<String, Object> schema = new LinkedHashMap<>();
    String otherwise = key.byDefault().isEmpty() ? key.otherwise() : key.byDefault();
    schema.put(
        "description", key.value() + (otherwise.isEmpty() ? "" : " Default: " + otherwise + "."));
    Map<String, Object> type = of(component.getGenericType());
    boolean number =
        type.get("anyOf") instanceof List<?> choices
            && choices.getFirst() instanceof Map<?, ?> first
            && ("integer".equals(first.get("type")) || "number".equals(first.get("type")));
    if (number) {
      bound(type, key);
    } else if ("array".equals(type.get("type")) && key.min() > 0) {
      type.put("minItems", key.min());
    }
    schema.putAll(type);
    return schema;
  }

  /** Bounds stand beside {@code anyOf}: they say nothing of strings. */
  private static void bound(Map<String, Object> schema, Key key) {
    if (key.min() != Long.MIN_VALUE) {
      schema.put("minimum", key.min());
    }
    if (key.max() != Long.MAX_VALUE) {
      schema.put("maximum", key.max());
    }
  }

  private static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
