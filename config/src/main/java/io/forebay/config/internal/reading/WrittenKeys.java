package io.forebay.config.internal.reading;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where in a pipeline file a key such as {@code stages[0].on} stands. */
public final class WrittenKeys {
  private final Node.Mapping root;

  public WrittenKeys(Node.Mapping root) {
    this.root = root;
  }

  /** Where the key's value stands; where it is missing, where the mapping around it begins. */
  public String origin(String key) {
    Node node = find(key);
    String path = key;
    while (node == null) {
      int dot = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
      if (dot < 0) {
        return root.origin();
      }
      path = path.substring(0, dot);
      node = find(path);
    }
    return node.origin();
  }

  /** The text of a value; empty if there is none. */
  public String shown(String key) {
    return find(key) instanceof Node.Scalar scalar ? scalar.text() : "";
  }

  /** The node at a path such as {@code stages[0].on}, or null. */
  public @Nullable Node find(String path) {
    Optional<Node> node = Optional.of(root);
    for (String key : path.replace("]", "").split("[.\\[]", -1)) {
      node = node.flatMap(parent -> Optional.ofNullable(childAt(parent, key)));
    }
    return node.orElse(null);
  }

  private static @Nullable Node childAt(Node parent, String key) {
    if (parent instanceof Node.Sequence sequence) {
      return Objects.requireNonNull(sequence).elements().get(Integer.parseInt(key));
    }
    return Node.child(parent, key);
  }
}
