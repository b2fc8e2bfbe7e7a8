package io.forebay.cli.explain;

import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One change of one stage of a pipeline file.
 *
 * @param stage its name
 * @param kind the key that names the function instead of {@code cpu}, where that changes
 * @param set keys and their values, in order
 * @param dropped keys that the stage can no longer have
 * @param to the stage with the change
 */
record Change(
    String stage, Optional<String> kind, Map<String, String> set, List<String> dropped, Stage to) {
  /** What only worker processes have. */
  private static final List<String> OF_PROCESSES =
      List.of("timeout", "memory", "priority", "protect", "recycle", "env");

  /** A key of a stage gets another value. */
  static Change of(String key, String value, Stage to) {
    return new Change(to.name(), Optional.empty(), Map.of(key, value), List.of(), to);
  }

  static Change inline(Stage.Cpu stage) {
    List<String> dropped = new ArrayList<>(OF_PROCESSES);
    dropped.add("workers");
    return new Change(
        stage.name(),
        Optional.empty(),
        Map.of("on", "inline"),
        dropped,
        stage.on(Placement.INLINE).workers(Stage.Cpu.PHYSICAL_CORES));
  }

  static Change threads(Stage.Cpu stage, int workers) {
    return new Change(
        stage.name(),
        Optional.empty(),
        ordered("on", "threads", "workers", String.valueOf(workers)),
        OF_PROCESSES,
        stage.on(Placement.THREADS).workers(workers));
  }

  /** What the stage computes blocks: so many threads wait in it. */
  static Change blocking(Stage.Cpu stage, int threads) {
    List<String> dropped = new ArrayList<>(OF_PROCESSES);
    dropped.addAll(List.of("on", "workers", "batch"));
    return new Change(
        stage.name(),
        Optional.of("blocking"),
        Map.of("threads", String.valueOf(threads)),
        dropped,
        Stage.blocking(stage.name(), stage.function()).threads(threads));
  }

  private static Map<String, String> ordered(
      String key, String value, String secondKey, String secondValue) {
    Map<String, String> set = new LinkedHashMap<>();
    set.put(key, value);
    set.put(secondKey, secondValue);
    return Collections.unmodifiableMap(set);
  }

  /** The stages with the change. */
  List<Stage> in(List<Stage> stages) {
    return stages.stream().map(each -> each.name().equals(stage) ? to : each).toList();
  }

  /** {@code on: inline}. */
  List<String> shown() {
    List<String> shown = new ArrayList<>();
    kind.ifPresent(key -> shown.add(key + " in place of cpu"));
    set.forEach((key, value) -> shown.add(key + ": " + value));
    return shown;
  }

  /** The lines of a pipeline file that show it. */
  List<String> yaml() {
    List<String> lines = new ArrayList<>(List.of("stages:", "  - name: " + stage));
    kind.ifPresent(key -> lines.add("    " + key + ": " + to.function().reference()));
    set.forEach((key, value) -> lines.add("    " + key + ": " + value));
    return lines;
  }
}
