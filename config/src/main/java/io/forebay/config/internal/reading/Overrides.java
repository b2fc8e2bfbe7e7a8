package io.forebay.config.internal.reading;

import io.forebay.internal.text.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Applies {@code --set path=value} to a pipeline file. The elements of a sequence are addressed by
 * name or index; {@code batch}, {@code workers} and {@code on} alone mean every cpu stage.
 */
public final class Overrides {
  private static final Set<String> OF_EVERY_CPU_STAGE = Set.of("batch", "workers", "on");

  /** What only worker processes have; an override that leaves them behind drops it. */
  public static final List<String> OF_PROCESSES =
      List.of("timeout", "memory", "priority", "protect", "recycle", "env");

  private final Node.Mapping root;
  private final Interpolation interpolation;
  private final Problems problems;

  public Overrides(Node.Mapping root, Interpolation interpolation, Problems problems) {
    this.root = root;
    this.interpolation = interpolation;
    this.problems = problems;
  }

  /** Applies one override, {@code path=value}. */
  public void apply(String override) {
    String origin = "--set " + override;
    int equals = override.indexOf('=');
    if (equals <= 0) {
      problems.add(origin, "", "write it as path=value, for example stages.features.on=threads");
      return;
    }
    Node value = YamlReader.value(origin, override.substring(equals + 1), interpolation, problems);
    String path = override.substring(0, equals).strip();
    if (OF_EVERY_CPU_STAGE.contains(path)) {
      setEveryCpuStage(origin, path, value);
    } else {
      set(origin, List.of(path.split("\\.", -1)), value);
    }
  }

  private void setEveryCpuStage(String origin, String key, Node value) {
    boolean found = false;
    if (root.get("stages") instanceof Node.Sequence stages) {
      for (Node stage : stages.elements()) {
        if (stage instanceof Node.Mapping mapping
            && (mapping.get("cpu") != null || mapping.get("sql") != null)) {
          put(mapping, key, value);
          found = true;
        }
      }
    }
    if (!found) {
      problems.add(origin, "", "there is no cpu stage whose '" + key + "' it could set");
    }
  }

  private void set(String origin, List<String> path, Node value) {
    Node at = root;
    List<String> walked = new ArrayList<>();
    for (String key : path.subList(0, path.size() - 1)) {
      Node next = Node.child(at, key);
      if (next == null || (next instanceof Node.Scalar scalar && scalar.isNull())) {
        if (!(at instanceof Node.Mapping mapping)) {
          problems.add(origin, "", noSuchElement(walked, key, at));
          return;
        }
        next = new Node.Mapping(origin, new LinkedHashMap<>());
        mapping.put(key, next);
      }
      walked.add(key);
      at = next;
    }
    String last = path.getLast();
    switch (at) {
      case Node.Mapping mapping -> put(mapping, last, value);
      case Node.Sequence sequence -> {
        int index = Node.indexIn(sequence, last);
        if (index < 0) {
          problems.add(origin, "", noSuchElement(walked, last, at));
        } else {
          sequence.elements().set(index, value);
        }
      }
      case Node.Scalar scalar ->
          problems.add(origin, "", "'" + String.join(".", walked) + "' is a value without keys");
    }
  }

  private static void put(Node.Mapping mapping, String key, Node value) {
    mapping.put(key, value);
    if (key.equals("on")
        && (mapping.get("cpu") != null || mapping.get("sql") != null)
        && !(value instanceof Node.Scalar on && on.text().equals("processes"))) {
      for (String dropped : OF_PROCESSES) {
        Node there = mapping.get(dropped);
        if (there != null && !there.overridden()) {
          mapping.entries().remove(dropped);
        }
      }
    }
  }

  private static String noSuchElement(List<String> walked, String key, Node at) {
    String place = String.join(".", walked);
    if (!(at instanceof Node.Sequence sequence)) {
      return "'" + place + "' is a value without keys";
    }
    List<String> names = new ArrayList<>();
    for (Node element : sequence.elements()) {
      String name = Node.nameOf(element);
      names.add(name == null ? String.valueOf(names.size()) : name);
    }
    Optional<String> nearest = Nearest.to(key, names);
    return "'"
        + place
        + "' has no '"
        + key
        + "'; "
        + nearest
            .map(name -> "did you mean '" + name + "'?")
            .orElseGet(() -> names.isEmpty() ? "it is empty" : "use " + Wording.oneOf(names));
  }
}
