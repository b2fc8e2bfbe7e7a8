package io.forebay.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * YAML text to {@link Node}s. Only mappings, sequences and scalars: a tag never makes an object.
 */
final class YamlReader {
  /** A file of more characters is refused. */
  static final int MAX_CHARACTERS = 1 << 20;

  /** A file that uses more aliases is refused: they could expand without bound. */
  static final int MAX_ALIASES = 10;

  /** Deeper nesting is refused; a pipeline file needs five levels. */
  static final int MAX_DEPTH = 32;

  private final String label;
  private final boolean lines;
  private final Interpolation interpolation;
  private final Problems problems;
  private final Set<org.snakeyaml.engine.v2.nodes.Node> seen =
      Collections.newSetFromMap(new IdentityHashMap<>());
  private int aliases;

  private YamlReader(String label, boolean lines, Interpolation interpolation, Problems problems) {
    this.label = label;
    this.lines = lines;
    this.interpolation = interpolation;
    this.problems = problems;
  }

  /** Reads a file whose name in messages is {@code label}. */
  static Node file(String label, String text, Interpolation interpolation, Problems problems) {
    return new YamlReader(label, true, interpolation, problems).read(text);
  }

  /** Reads the value of an override; {@code origin} stands for its place. */
  static Node value(String origin, String text, Interpolation interpolation, Problems problems) {
    return new YamlReader(origin, false, interpolation, problems).read(text);
  }

  private Node read(String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw stop(
          label,
          "has more than 1 MiB (" + text.length() + " characters); a pipeline file is small");
    }
    checkDepth(text);
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(label)
            .setCodePointLimit(MAX_CHARACTERS)
            .setMaxAliasesForCollections(MAX_ALIASES)
            .build();
    try {
      Iterator<org.snakeyaml.engine.v2.nodes.Node> documents =
          new Compose(settings).composeAllFromString(text).iterator();
      if (!documents.hasNext()) {
        return new Node.Scalar(origin(Optional.empty()), true, "", "");
      }
      Node root = convert(documents.next(), "");
      if (documents.hasNext()) {
        throw stop(
            origin(documents.next().getStartMark()),
            "a second document begins here; a pipeline file holds one");
      }
      return root;
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      throw stop(origin(mark), "not YAML: " + describe(e));
    } catch (YamlEngineException e) {
      throw stop(label, "not YAML: " + firstLine(String.valueOf(e.getMessage())));
    }
  }

  private static String describe(MarkedYamlEngineException e) {
    String context = e.getContext();
    String problem = String.valueOf(e.getProblem());
    return firstLine(context == null || context.isEmpty() ? problem : context + ", " + problem);
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  /** The parser recurses: brackets that nest too deeply are refused before it sees them. */
  private void checkDepth(String text) {
    int depth = 0;
    int deepest = 0;
    int indents = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '[' || c == '{') {
        deepest = Math.max(deepest, ++depth);
      } else if ((c == ']' || c == '}') && depth > 0) {
        depth--;
      } else if (c == '-' && i + 1 < text.length() && text.charAt(i + 1) == ' ') {
        deepest = Math.max(deepest, ++indents);
      } else if (c == '\n') {
        indents = 0;
      }
    }
    if (deepest > 1_000) {
      throw stop(label, "nests deeper than " + MAX_DEPTH + " levels");
    }
  }

  private Node convert(org.snakeyaml.engine.v2.nodes.Node node, String path) {
    String origin = origin(node.getStartMark());
    if (path.chars().filter(c -> c == '.' || c == '[').count() > MAX_DEPTH) {
      throw stop(origin, "nests deeper than " + MAX_DEPTH + " levels");
    }
    if (!seen.add(node) && ++aliases > MAX_ALIASES) {
      throw stop(origin, "more than " + MAX_ALIASES + " aliases are used; write the values out");
    }
    if (!node.getTag().getValue().startsWith("tag:yaml.org,2002:")) {
      problems.add(
          origin, path, "the tag " + node.getTag().getValue() + " is not allowed; remove it");
    }
    return switch (node) {
      case MappingNode mapping -> convertMapping(origin, mapping, path);
      case SequenceNode sequence -> {
        List<Node> elements = new ArrayList<>();
        for (org.snakeyaml.engine.v2.nodes.Node element : sequence.getValue()) {
          elements.add(convert(element, path + "[" + elements.size() + "]"));
        }
        yield new Node.Sequence(origin, elements);
      }
      case ScalarNode scalar -> {
        Interpolation.Text text = interpolation.resolve(scalar.getValue());
        text.problem().ifPresent(problem -> problems.add(origin, path, problem));
        yield new Node.Scalar(origin, scalar.isPlain(), text.value(), text.shown());
      }
      default -> throw stop(origin, "not understood; write a mapping, a sequence or a value");
    };
  }

  private Node convertMapping(String origin, MappingNode mapping, String path) {
    LinkedHashMap<String, Node.Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String keyOrigin = origin(tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.add(keyOrigin, path, "a key must be a word, not a mapping or a sequence");
        continue;
      }
      String keyPath = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
      Node value = convert(tuple.getValueNode(), keyPath);
      Node.@Nullable Entry before = entries.get(key.getValue());
      if (before != null) {
        problems.add(
            keyOrigin,
            keyPath,
            "appears twice (before at " + before.origin() + "); remove one of them");
      } else {
        entries.put(key.getValue(), new Node.Entry(keyOrigin, value));
      }
    }
    return new Node.Mapping(origin, entries);
  }

  private String origin(Optional<Mark> mark) {
    if (!lines || mark.isEmpty()) {
      return label;
    }
    return label + ":" + (mark.get().getLine() + 1) + ":" + (mark.get().getColumn() + 1);
  }

  private InvalidPipelineFileException stop(String origin, String sentence) {
    problems.add(origin, "", sentence);
    try {
      problems.throwIfAny();
    } catch (InvalidPipelineFileException e) {
      return e;
    }
    throw new AssertionError("a problem was added");
  }
}
