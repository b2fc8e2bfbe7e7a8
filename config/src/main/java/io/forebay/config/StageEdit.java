package io.forebay.config;

import io.forebay.errors.ConfigurationException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Changes keys of one stage in the text of a pipeline file. Everything else stays as it is,
 * comments and layout too: only the places that the parser names are written.
 */
public final class StageEdit {
  private static final List<String> KINDS =
      List.of("cpu", "sql", "async", "blocking", "statistics", "collect", "accumulate");

  private final String text;
  private final MappingNode stage;
  private final boolean flow;
  private final List<Splice> splices = new ArrayList<>();

  /** Puts {@code with} in place of the characters from {@code from} on. */
  private record Splice(int from, int to, String with) {}

  /**
   * What is changed.
   *
   * @param stage its name
   * @param kind the key that is to name the function, where that changes
   * @param set keys that get a value, in this order; those that are not there follow the function
   * @param dropped keys that are removed where they are there
   */
  public record Keys(
      String stage, Optional<String> kind, Map<String, String> set, List<String> dropped) {}

  private StageEdit(String text, MappingNode stage) {
    this.text = text;
    this.stage = stage;
    this.flow = stage.getFlowStyle() == FlowStyle.FLOW;
  }

  /**
   * The text with the change.
   *
   * @param text of a pipeline file that was checked
   * @throws ConfigurationException in one sentence, if the stage is not there as such
   */
  public static String apply(String text, Keys keys) {
    StageEdit edit = new StageEdit(text, stage(text, keys.stage()));
    Set<String> dropped = new LinkedHashSet<>(keys.dropped());
    dropped.removeAll(keys.set().keySet());
    dropped.forEach(key -> edit.drop(key, dropped));
    keys.set().forEach(edit::set);
    keys.kind().ifPresent(kind -> edit.replace(edit.function().getKeyNode(), kind));
    return edit.applied();
  }

  private static MappingNode stage(String text, String name) {
    LoadSettings settings =
        LoadSettings.builder().setCodePointLimit(Math.max(1, text.length())).build();
    Node root = new Compose(settings).composeString(text).orElse(null);
    Node stages = root instanceof MappingNode mapping ? value(mapping, "stages") : null;
    if (stages instanceof SequenceNode sequence) {
      for (Node each : sequence.getValue()) {
        if (each instanceof MappingNode mapping
            && value(mapping, "name") instanceof ScalarNode scalar
            && scalar.getValue().equals(name)) {
          return mapping;
        }
      }
    }
    throw new ConfigurationException(
        "the stage '" + name + "' does not stand in the file as such: change it by hand");
  }

  private static @Nullable Node value(MappingNode mapping, String key) {
    NodeTuple entry = entry(mapping, key);
    return entry == null ? null : entry.getValueNode();
  }

  private static @Nullable NodeTuple entry(MappingNode mapping, String key) {
    for (NodeTuple each : mapping.getValue()) {
      if (each.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key)) {
        return each;
      }
    }
    return null;
  }

  /** The entry that names the function. */
  private NodeTuple function() {
    for (String kind : KINDS) {
      NodeTuple entry = entry(stage, kind);
      if (entry != null) {
        return entry;
      }
    }
    throw new IllegalStateException("a stage of a checked file has a function");
  }

  // ------------------------------------------------------------------ the changes

  private void replace(Node node, String with) {
    splices.add(new Splice(start(node), end(node), with));
  }

  private void set(String key, String value) {
    NodeTuple there = entry(stage, key);
    if (there != null) {
      replace(there.getValueNode(), value);
      return;
    }
    int behind = end(function().getValueNode());
    if (flow) {
      splices.add(new Splice(behind, behind, ", " + key + ": " + value));
      return;
    }
    int at = lineEnd(behind);
    String indent = " ".repeat(column(function().getKeyNode()));
    splices.add(new Splice(at, at, lineBreak(at) + indent + key + ": " + value));
  }

  private void drop(String key, Set<String> dropped) {
    NodeTuple there = entry(stage, key);
    if (there == null) {
      return;
    }
    int index = stage.getValue().indexOf(there);
    int from = start(there.getKeyNode());
    int to = end(there.getValueNode());
    if (flow) {
      boolean last =
          stage.getValue().stream()
              .skip(index)
              .allMatch(each ->
                  each.getKeyNode() instanceof ScalarNode scalar
                      && dropped.contains(scalar.getValue()));
      dropFromFlow(index, from, to, last);
    } else if (text.substring(lineStart(from), from).isBlank()) {
      int end = lineEnd(to);
      boolean followed = end < text.length();
      int start = lineStart(from);
      splices.add(
          followed
              ? new Splice(start, nextLine(end), "")
              : new Splice(Math.max(0, start - 1), end, ""));
    } else { // It stands behind the dash: what follows moves up.
      splices.add(new Splice(from, start(stage.getValue().get(index + 1).getKeyNode()), ""));
    }
  }

  private void dropFromFlow(int index, int from, int to, boolean last) {
    if (!last) {
      int end = text.indexOf(',', to) + 1;
      while (end < text.length() && text.charAt(end) == ' ') {
        end++;
      }
      splices.add(new Splice(from, end, ""));
      return;
    }
    int comma = text.indexOf(',', end(stage.getValue().get(index - 1).getValueNode()));
    splices.add(new Splice(comma, comma + 1, ""));
    int start = from;
    while (start > comma + 1 && text.charAt(start - 1) == ' ') {
      start--;
    }
    splices.add(new Splice(start, to, ""));
  }

  private String applied() {
    StringBuilder changed = new StringBuilder(text);
    // From the end on, so that places before stay where they are. At one place what is there goes
    // first, and what comes keeps its order.
    List<Splice> ordered = new ArrayList<>(splices.reversed());
    ordered.sort(
        Comparator.comparingInt(Splice::from)
            .reversed()
            .thenComparingInt(splice -> splice.from - splice.to));
    for (Splice splice : ordered) {
      changed.replace(splice.from, splice.to, splice.with);
    }
    return changed.toString();
  }

  // ------------------------------------------------------------------ places

  /** Marks count code points. */
  private int offset(int codePoints) {
    return text.offsetByCodePoints(0, codePoints);
  }

  private int start(Node node) {
    return offset(node.getStartMark().orElseThrow().getIndex());
  }

  /** Where its last character is: a block ends for the parser where something else begins. */
  private int end(Node node) {
    if (node instanceof CollectionNode<?> collection
        && collection.getFlowStyle() == FlowStyle.BLOCK
        && !collection.getValue().isEmpty()) {
      return switch (collection.getValue().getLast()) {
        case NodeTuple entry -> end(entry.getValueNode());
        case Node last -> end(last);
        default -> throw new AssertionError("not a node");
      };
    }
    return offset(node.getEndMark().orElseThrow().getIndex());
  }

  private static int column(Node node) {
    return node.getStartMark().orElseThrow().getColumn();
  }

  private int lineStart(int at) {
    return text.lastIndexOf('\n', at - 1) + 1;
  }

  /** Before the line break. */
  private int lineEnd(int at) {
    int end = text.indexOf('\n', at);
    if (end < 0) {
      return text.length();
    }
    return end > at && text.charAt(end - 1) == '\r' ? end - 1 : end;
  }

  private int nextLine(int lineEnd) {
    return text.indexOf('\n', lineEnd) + 1;
  }

  private String lineBreak(int lineEnd) {
    return text.contains("\r\n") && (lineEnd == text.length() || text.charAt(lineEnd) == '\r')
        ? "\r\n"
        : "\n";
  }
}
