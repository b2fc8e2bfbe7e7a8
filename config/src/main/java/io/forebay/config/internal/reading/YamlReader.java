package io.forebay.config.internal.reading;

import io.forebay.config.model.InvalidPipelineFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * YAML text to {@link Node}s, from the parser's events, so that neither deep nesting nor aliases
 * cost memory. Only mappings, sequences and scalars: a tag never makes an object.
 */
public final class YamlReader {
  /** A larger file is refused. */
  public static final int MAX_BYTES = 1 << 20;

  /** A text of more characters is refused. */
  static final int MAX_CHARACTERS = 1 << 20;

  /** A file that uses more aliases is refused: they could expand without bound. */
  static final int MAX_ALIASES = 10;

  /** Deeper nesting is refused; a pipeline file needs five levels. */
  static final int MAX_DEPTH = 32;

  private static final String YAML_TAG = "tag:yaml.org,2002:";

  private final String label;
  private final boolean lines;
  private final Interpolation interpolation;
  private final Problems problems;
  private final Map<Anchor, Node> anchors = new HashMap<>();
  private int aliases;

  private YamlReader(String label, boolean lines, Interpolation interpolation, Problems problems) {
    this.label = label;
    this.lines = lines;
    this.interpolation = interpolation;
    this.problems = problems;
  }

  /** Reads a file whose name in messages is {@code label}. */
  public static Node file(
      String label, String text, Interpolation interpolation, Problems problems) {
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
    LoadSettings settings =
        LoadSettings.builder().setLabel(label).setCodePointLimit(MAX_CHARACTERS).build();
    try {
      return document(new Parse(settings).parseString(text).iterator());
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      throw stop(origin(mark), "not YAML: " + describe(e));
    } catch (YamlEngineException e) {
      throw stop(label, "not YAML: " + firstLine(String.valueOf(e.getMessage())));
    }
  }

  private Node document(Iterator<Event> events) {
    Node root = new Node.Scalar(label, true, "", List.of());
    boolean found = false;
    while (events.hasNext()) {
      if (events.next() instanceof DocumentStartEvent start) {
        if (found) {
          throw stop(
              origin(start.getStartMark()),
              "a second document begins here; a pipeline file holds one");
        }
        found = true;
        root = node(events.next(), events, "", 0);
      }
    }
    return root;
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

  private Node node(Event event, Iterator<Event> events, String path, int depth) {
    String origin = origin(event.getStartMark());
    if (depth > MAX_DEPTH) {
      throw stop(origin, "nests deeper than " + MAX_DEPTH + " levels");
    }
    Node node =
        switch (event) {
          case AliasEvent alias -> alias(origin, alias);
          case MappingStartEvent start -> {
            checkTag(origin, path, start.getTag());
            yield mapping(origin, events, path, depth);
          }
          case SequenceStartEvent start -> {
            checkTag(origin, path, start.getTag());
            List<Node> elements = new ArrayList<>();
            for (Event next = events.next(); !isEnd(next); next = events.next()) {
              elements.add(node(next, events, path + "[" + elements.size() + "]", depth + 1));
            }
            yield new Node.Sequence(origin, elements);
          }
          case ScalarEvent scalar -> {
            checkTag(origin, path, scalar.getTag());
            yield scalar(origin, scalar, path);
          }
          default -> throw new AssertionError("not an event of a node: " + event);
        };
    if (event instanceof NodeEvent anchored && !(event instanceof AliasEvent)) {
      anchored.getAnchor().ifPresent(anchor -> anchors.put(anchor, node));
    }
    return node;
  }

  private Node alias(String origin, AliasEvent alias) {
    if (++aliases > MAX_ALIASES) {
      throw stop(origin, "more than " + MAX_ALIASES + " aliases are used; write the values out");
    }
    Node node = anchors.get(alias.getAlias());
    if (node == null) {
      throw stop(
          origin,
          "the alias *" + alias.getAlias().getValue() + " has no anchor above; write it out");
    }
    return Node.copy(node); // an override of one place leaves the other as it is
  }

  private Node scalar(String origin, ScalarEvent scalar, String path) {
    Interpolation.Text text = interpolation.resolve(scalar.getValue());
    text.problem().ifPresent(problem -> problems.add(origin, path, problem));
    boolean plain = scalar.isPlain() || text.resolved();
    return new Node.Scalar(origin, plain, text.value(), text.putIn());
  }

  private Node mapping(String origin, Iterator<Event> events, String path, int depth) {
    LinkedHashMap<String, Node.Entry> entries = new LinkedHashMap<>();
    for (Event next = events.next(); !isEnd(next); next = events.next()) {
      String keyOrigin = origin(next.getStartMark());
      if (!(next instanceof ScalarEvent scalar)) {
        throw stop(keyOrigin, "a key must be a word, not a mapping, a sequence or an alias");
      }
      String key = scalar.getValue();
      String keyPath = path.isEmpty() ? key : path + "." + key;
      Node value = node(events.next(), events, keyPath, depth + 1);
      Node.@Nullable Entry before = entries.get(key);
      if (before != null) {
        problems.add(
            keyOrigin,
            keyPath,
            "appears twice (before at " + before.origin() + "); remove one of them");
      } else {
        entries.put(key, new Node.Entry(keyOrigin, value));
      }
    }
    return new Node.Mapping(origin, entries);
  }

  private static boolean isEnd(Event event) {
    return event.getEventId() == Event.ID.MappingEnd || event.getEventId() == Event.ID.SequenceEnd;
  }

  private void checkTag(String origin, String path, Optional<String> tag) {
    if (tag.isPresent()) {
      String written =
          tag.get().startsWith(YAML_TAG) ? "!!" + tag.get().replace(YAML_TAG, "") : tag.get();
      problems.add(origin, path, "the tag " + written + " is not allowed; remove it");
    }
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
