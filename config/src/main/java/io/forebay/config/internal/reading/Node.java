package io.forebay.config.internal.reading;

import io.forebay.config.secrets.Secrets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value of the pipeline file and where it stands. */
public sealed interface Node {
  /** Where the value begins, as messages show it: {@code plant.yaml:12:5}. */
  String origin();

  /** Whether the value came from a {@code --set}. */
  default boolean overridden() {
    return origin().startsWith("--set ");
  }

  /** A mapping, in the order of the file; changed only by {@link Overrides}. */
  record Mapping(String origin, LinkedHashMap<String, Entry> entries) implements Node {
    @Nullable Node get(String key) {
      Entry entry = entries.get(key);
      return entry == null ? null : entry.value();
    }

    void put(String key, Node value) {
      entries.put(key, new Entry(value.origin(), value));
    }
  }

  /** A key of a mapping: where the key stands, and its value. */
  record Entry(String origin, Node value) {}

  /** A sequence. */
  record Sequence(String origin, List<Node> elements) implements Node {}

  /**
   * Anything that is neither.
   *
   * @param plain whether it stands without quotes
   * @param text the value
   * @param putIn what of it came from outside the file
   */
  record Scalar(String origin, boolean plain, String text, List<String> putIn) implements Node {
    /** The value for messages about keys that hold no text: what came from outside is hidden. */
    String shown() {
      String shown = text;
      for (String each : putIn) {
        shown = each.isEmpty() ? shown : shown.replace(each, Secrets.STARS);
      }
      return shown;
    }

    /** Whether it is YAML's null: empty, {@code null} or {@code ~}. */
    boolean isNull() {
      return plain && (text.isEmpty() || text.equals("null") || text.equals("~"));
    }
  }

  /** The key's value, or null: of a mapping by name, of a sequence by index or element's name. */
  static @Nullable Node child(Node parent, String key) {
    return switch (parent) {
      case Mapping mapping -> mapping.get(key);
      case Sequence sequence -> {
        int index = indexIn(sequence, key);
        yield index < 0 ? null : sequence.elements().get(index);
      }
      case Scalar scalar -> null;
    };
  }

  /** The index of the element of that name or index, or -1. */
  static int indexIn(Sequence sequence, String key) {
    List<Node> elements = sequence.elements();
    for (int i = 0; i < elements.size(); i++) {
      if (key.equals(nameOf(elements.get(i)))) {
        return i;
      }
    }
    if (!key.isEmpty() && key.length() < 6 && key.chars().allMatch(Character::isDigit)) {
      int index = Integer.parseInt(key);
      return index < elements.size() ? index : -1;
    }
    return -1;
  }

  /** The value of the key {@code name} of a mapping, or null. */
  static @Nullable String nameOf(Node node) {
    return node instanceof Mapping mapping && mapping.get("name") instanceof Scalar scalar
        ? scalar.text()
        : null;
  }

  /** The origin of {@code key} in a mapping; of the mapping itself where the key is not there. */
  static String originOf(Mapping mapping, String key) {
    Entry entry = mapping.entries().get(key);
    return entry == null ? mapping.origin() : entry.origin();
  }

  /** A copy that can be changed alone. */
  static Node copy(Node node) {
    return switch (node) {
      case Mapping mapping -> {
        LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();
        mapping
            .entries()
            .forEach(
                (key, entry) -> entries.put(key, new Entry(entry.origin(), copy(entry.value()))));
        yield new Mapping(mapping.origin(), entries);
      }
      case Sequence sequence ->
          new Sequence(
              sequence.origin(),
              new ArrayList<>(sequence.elements().stream().map(Node::copy).toList()));
      case Scalar scalar -> scalar;
    };
  }
}
