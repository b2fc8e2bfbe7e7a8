package io.forebay.config.internal.reading;

import io.forebay.config.model.Attached;
import io.forebay.config.secrets.Secret;
import io.forebay.config.secrets.Secrets;
import io.forebay.config.values.Key;
import io.forebay.config.values.OutOfRangeException;
import io.forebay.config.values.Variants;
import io.forebay.internal.text.Nearest;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link Node}s into the records that describe the pipeline file, by their {@link Key}s.
 * Whatever is wrong is added to the problems, and reading goes on behind it.
 */
public final class ConfigBinder {
  private static final Pattern LOGIN = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.:-]*://([^/?#]*)@");

  private final Problems problems;
  private final Attached attached = new Attached();

  public ConfigBinder(Problems problems) {
    this.problems = problems;
  }

  /** The value of the node, or null after adding a problem. */
  public <T> @Nullable T read(Class<T> type, Node node, String path) {
    return type.cast(readValue(type, node, path, null));
  }

  private @Nullable Object readValue(Type type, Node node, String path, @Nullable Key key) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        Object value = readValue(unboxed(arguments[0]), node, path, key);
        return value == null ? null : Optional.of(value);
      }
      return generic.getRawType() == List.class
          ? readList(arguments[0], node, path, key)
          : readMap(arguments[1], node, path);
    }
    Class<?> raw = (Class<?>) type;
    ValueType valueType = ValueType.of(raw);
    if (valueType != null) {
      return readScalar(valueType, node, path, key);
    }
    if (!(node instanceof Node.Mapping mapping)) {
      problems.add(node.origin(), path, "must hold keys" + butIs(node));
      return null;
    }
    return raw.isSealed() ? readVariant(raw, mapping, path) : readRecord(raw, mapping, path, "");
  }

  private @Nullable Object readScalar(ValueType type, Node node, String path, @Nullable Key key) {
    if (!(node instanceof Node.Scalar scalar)) {
      problems.add(node.origin(), path, "must be " + type.noun() + butIs(node));
      return null;
    }
    if (scalar.isNull()) {
      String why = scalar.putIn().isEmpty() ? "" : ", because what is put in is empty";
      problems.add(node.origin(), path, "has no value" + why + "; give it one or remove the key");
      return null;
    }
    hidePassword(scalar);
    Object value = null;
    if (scalar.plain() || type.quotable()) {
      try {
        value = type.parse().apply(scalar.text());
      } catch (OutOfRangeException e) {
        problems.add(node.origin(), path, e.getMessage() + ", not " + scalar.shown());
        return null;
      } catch (IllegalArgumentException e) {
        value = null; // said below, with what may be written
      }
    }
    if (value == null) {
      String hint =
          Nearest.to(scalar.text(), type.words())
              .map(word -> "did you mean '" + word + "'?")
              .orElse(type.hint());
      String shown = scalar.plain() ? "'" + scalar.shown() + "'" : "\"" + scalar.shown() + "\"";
      problems.add(node.origin(), path, shown + " is not " + type.noun() + "; " + hint);
      return null;
    }
    if (value instanceof Secret) {
      return readSecret(scalar, path);
    }
    return inRange(value, scalar, path, key) ? value : null;
  }

  /** A secret does not stand in the file. */
  private @Nullable Object readSecret(Node.Scalar scalar, String path) {
    Secrets secrets = problems.secrets();
    if (scalar.putIn().isEmpty() && scalar.text().contains("${")) {
      return null; // It was not found, which is said already.
    }
    boolean hidden = secrets.add(scalar.text());
    scalar.putIn().forEach(secrets::add);
    if (scalar.putIn().isEmpty()) {
      problems.add(
          scalar.origin(),
          path,
          "is a secret and stands "
              + (scalar.overridden() ? "on the command line, where others see it" : "in the file")
              + "; write ${env:NAME} or ${file:PATH}");
    }
    if (!hidden) {
      attached.notice(
          path
              + " has fewer than "
              + Secrets.LEAST_CHARS
              + " characters: it is too short to be hidden in what is printed.");
    }
    return new Secret(scalar.text());
  }

  /** A login within an address has no place there, and what refuses it prints the address. */
  private void hidePassword(Node.Scalar scalar) {
    Matcher login = LOGIN.matcher(scalar.text());
    if (login.find()) {
      problems.secrets().add(login.group(1).replaceFirst("^[^:]*:", ""));
    }
  }

  private boolean inRange(Object value, Node.Scalar scalar, String path, @Nullable Key key) {
    if (key == null) {
      return true;
    }
    double number =
        switch (value) {
          case Number n -> n.doubleValue();
          case Duration duration -> duration.toMillis();
          default -> Double.NaN;
        };
    String sentence = null;
    if (number < key.min()) {
      sentence = value instanceof Duration ? "must be longer than nothing" : least(key.min());
    } else if (number > key.max()) {
      sentence = "must be at most " + key.max();
    }
    if (sentence != null) {
      problems.add(scalar.origin(), path, sentence + ", not " + scalar.shown());
    }
    return sentence == null;
  }

  static String least(long min) {
    return "must be at least " + min;
  }

  private @Nullable Object readList(Type element, Node node, String path, @Nullable Key key) {
    if (!(node instanceof Node.Sequence sequence)) {
      problems.add(node.origin(), path, "must be a list" + butIs(node));
      return null;
    }
    if (key != null && sequence.elements().size() < key.min()) {
      problems.add(node.origin(), path, "is empty; give it at least one element");
      return null;
    }
    List<Object> values = new ArrayList<>();
    for (Node each : sequence.elements()) {
      Object value = readValue(element, each, path + "[" + values.size() + "]", null);
      values.add(value == null ? problems : value); // any object: the list will not be used
    }
    return values.contains(problems) ? null : List.copyOf(values);
  }

  private @Nullable Object readMap(Type element, Node node, String path) {
    if (!(node instanceof Node.Mapping mapping)) {
      problems.add(node.origin(), path, "must hold keys" + butIs(node));
      return null;
    }
    Map<String, Object> values = new LinkedHashMap<>();
    boolean complete = true;
    for (Map.Entry<String, Node.Entry> entry : mapping.entries().entrySet()) {
      Object value =
          readValue(element, entry.getValue().value(), path + "." + entry.getKey(), null);
      if (element == String.class && entry.getValue().value() instanceof Node.Scalar scalar) {
        scalar.putIn().forEach(problems.secrets()::addParameter);
      }
      if (value == null) {
        complete = false;
      } else {
        values.put(entry.getKey(), value);
      }
    }
    return complete ? java.util.Collections.unmodifiableMap(values) : null;
  }

  private @Nullable Object readVariant(Class<?> type, Node.Mapping mapping, String path) {
    Variants variants = Objects.requireNonNull(type.getAnnotation(Variants.class));
    Map<String, Class<?>> byName = Keys.variantsOf(type);
    List<String> names = List.copyOf(byName.keySet());
    if (!variants.key().isEmpty()) {
      return readTyped(variants, byName, mapping, path);
    }
    List<String> present =
        names.stream().filter(name -> mapping.entries().containsKey(name)).toList();
    if (present.size() == 1) {
      String name = present.getFirst();
      String described = Wording.article(name + " " + variants.noun());
      return readRecord(Objects.requireNonNull(byName.get(name)), mapping, path, described);
    }
    if (present.isEmpty()) {
      List<String> unknown =
          mapping.entries().keySet().stream()
              .filter(
                  key -> byName.values().stream().noneMatch(v -> Keys.keysOf(v).containsKey(key)))
              .toList();
      for (String key : unknown) {
        Optional<String> nearest = Nearest.to(key, names);
        if (nearest.isPresent()) {
          problems.add(
              Node.originOf(mapping, key),
              path + "." + key,
              "unknown key; did you mean '" + nearest.get() + "'?");
          return null;
        }
      }
      problems.add(
          mapping.origin(),
          path,
          Wording.article(variants.noun())
              + " needs "
              + Wording.oneOf(names)
              + " to name its function");
      return null;
    }
    problems.add(
        Node.originOf(mapping, present.get(1)),
        path,
        Wording.article(variants.noun())
            + " has one of "
            + Wording.oneOf(names)
            + ", not "
            + String.join(" and ", present.stream().map(name -> "'" + name + "'").toList()));
    return null;
  }

  private @Nullable Object readTyped(
      Variants variants, Map<String, Class<?>> byName, Node.Mapping mapping, String path) {
    List<String> names = List.copyOf(byName.keySet());
    Node value = mapping.get(variants.key());
    if (value == null) {
      problems.add(
          mapping.origin(),
          path,
          "the key '" + variants.key() + "' is missing; use " + Wording.oneOf(names));
      return null;
    }
    if (!(value instanceof Node.Scalar scalar) || !byName.containsKey(scalar.text())) {
      String shown = value instanceof Node.Scalar scalar ? scalar.text() : "this";
      String hint =
          Nearest.to(shown, names)
              .map(name -> "did you mean '" + name + "'?")
              .orElse("use " + Wording.oneOf(names));
      problems.add(
          value.origin(),
          path + "." + variants.key(),
          "'" + shown + "' is not a type of " + variants.noun() + "; " + hint);
      return null;
    }
    String described = Wording.article(scalar.text() + " " + variants.noun());
    Object variant =
        readRecord(Objects.requireNonNull(byName.get(scalar.text())), mapping, path, described);
    Object common = create(variants.common(), mapping, path);
    if (variant != null && common instanceof Record keys) {
      attached.put(variant, keys);
    }
    return variant != null && common != null ? variant : null;
  }

  private @Nullable Object readRecord(
      Class<?> type, Node.Mapping mapping, String path, String described) {
    Map<String, RecordComponent> keys = Keys.keysOf(type);
    Keys.commonOf(type).forEach(keys::putIfAbsent);
    boolean complete = refuseUnknownKeys(type, keys, mapping, path, described);
    Object read = create(type, mapping, path);
    return complete ? read : null;
  }

  private @Nullable Object create(Class<?> type, Node.Mapping mapping, String path) {
    boolean complete = true;
    List<@Nullable Object> arguments = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Key key = component.getAnnotation(Key.class);
      if (key == null) {
        arguments.add(attached);
        continue;
      }
      String keyPath = path.isEmpty() ? component.getName() : path + "." + component.getName();
      Node node = mapping.get(component.getName());
      Object value =
          node == null
              ? defaultOf(component, key, mapping, path)
              : readValue(component.getGenericType(), node, keyPath, key);
      complete &= value != null;
      arguments.add(value);
    }
    return complete ? create(type, arguments) : null;
  }

  private boolean refuseUnknownKeys(
      Class<?> type,
      Map<String, RecordComponent> keys,
      Node.Mapping mapping,
      String path,
      String described) {
    String discriminator = Keys.discriminatorOf(type);
    boolean complete = true;
    for (Map.Entry<String, Node.Entry> entry : mapping.entries().entrySet()) {
      String key = entry.getKey();
      if (keys.containsKey(key) || key.equals(discriminator)) {
        continue;
      }
      complete = false;
      List<String> candidates = new ArrayList<>(keys.keySet());
      candidates.add(discriminator);
      String place = path.isEmpty() ? key : path + "." + key;
      String elsewhere = Keys.elsewhere(type, key);
      String sentence;
      if (!elsewhere.isEmpty()) {
        sentence =
            "belongs to "
                + elsewhere
                + ", not to "
                + described
                + (key.equals("window")
                    ? "; put a stage with statistics, collect or accumulate before it"
                    : "; remove it");
      } else {
        sentence =
            "unknown key; "
                + Nearest.to(key, candidates)
                    .map(nearest -> "did you mean '" + nearest + "'?")
                    .orElseGet(() -> "the keys here are " + String.join(", ", keys.keySet()));
      }
      problems.add(entry.getValue().origin(), place, sentence);
    }
    return complete;
  }

  private @Nullable Object defaultOf(
      RecordComponent component, Key key, Node.Mapping mapping, String path) {
    Type type = component.getGenericType();
    if (!key.byDefault().isEmpty()) {
      ValueType valueType = Objects.requireNonNull(ValueType.of((Class<?>) type));
      return valueType.parse().apply(key.byDefault());
    }
    if (!Keys.isRequired(component, key)) {
      return Keys.emptyOf((ParameterizedType) type);
    }
    problems.add(mapping.origin(), path, "the key '" + component.getName() + "' is missing");
    return null;
  }

  private static Object create(Class<?> type, List<@Nullable Object> arguments) {
    Constructor<?> constructor = type.getDeclaredConstructors()[0];
    try {
      return constructor.newInstance(arguments.toArray());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the record " + type + " cannot be made", e);
    }
  }

  private static Type unboxed(Type type) {
    if (type == Integer.class) {
      return int.class;
    }
    return type == Long.class ? long.class : type;
  }

  private static String butIs(Node node) {
    return switch (node) {
      case Node.Mapping mapping -> ", but holds keys";
      case Node.Sequence sequence -> ", but is a list";
      case Node.Scalar scalar ->
          scalar.isNull() ? ", but is empty" : ", but is '" + scalar.text() + "'";
    };
  }
}
