package io.forebay.profile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The stacks of the engine's process: those of stages that run in it go to their stage, the others
 * to the part of the engine whose they are. Not thread-safe.
 */
final class EngineStacks {
  private static final String VIRTUAL = "java/lang/VirtualThread.run_";

  /** The part of each thread, by how its name ends. */
  private static final Map<String, String> THREADS =
      Map.of("-dispatcher", "dispatcher", "-sinks", "sinks");

  /** The part of other threads, by a frame of theirs; the first that fits. */
  private static final List<Map.Entry<String, String>> FRAMES =
      List.of(
          Map.entry("/SourceRunner.", "ingestion"),
          Map.entry("io/forebay/connectors/", "ingestion"),
          Map.entry("io/forebay/workers/internal/", "supervision of workers"),
          Map.entry("io/forebay/profile/", "this profile"),
          Map.entry("one/profiler/", "this profile"),
          Map.entry("io/forebay/dashboard/", "dashboard"),
          Map.entry("io/forebay/cli/", "command (starting, printing)"),
          Map.entry("io/forebay/", "engine: other"));

  private static final Code NO_FUNCTION = new Code("");

  private final List<StageStacks> stages;
  private final Stacks graph = new Stacks();
  private final Map<String, Long> parts = new HashMap<>();

  /**
   * @param stages of all of the pipeline, by their index
   */
  EngineStacks(List<StageStacks> stages) {
    this.stages = stages;
  }

  void add(String thread, List<String> all, long nanos) {
    int carrier = lastWith(all, VIRTUAL);
    List<String> frames = all.subList(carrier + 1, all.size());
    int marker = lastWith(frames, InlineFrames.PREFIX);
    Optional<StageStacks> stage =
        marker >= 0
            ? Optional.of(stages.get(InlineFrames.stage(frames.get(marker))))
            : ofThread(thread).or(() -> ofFunction(frames));
    if (stage.isPresent()) {
      stage.get().add(thread, frames.subList(marker + 1, frames.size()), nanos);
      return;
    }
    String part = part(thread, frames);
    parts.merge(part, nanos, Long::sum);
    List<String> drawn = new ArrayList<>();
    drawn.add(part);
    drawn.addAll(frames);
    graph.add(drawn, nanos);
  }

  private static int lastWith(List<String> frames, String beginning) {
    int at = frames.size() - 1;
    while (at >= 0 && !frames.get(at).startsWith(beginning)) {
      at--;
    }
    return at;
  }

  private Optional<StageStacks> ofThread(String thread) {
    return stages.stream()
        .filter(EngineStacks::isHere)
        .filter(each -> thread.startsWith("forebay-" + each.stage().name() + "-worker-"))
        .findFirst();
  }

  private Optional<StageStacks> ofFunction(List<String> frames) {
    return stages.stream().filter(EngineStacks::isHere).filter(e -> calls(e, frames)).findFirst();
  }

  private static boolean isHere(StageStacks each) {
    return each.stage().place() == ProfiledStage.Place.ENGINE;
  }

  private static boolean calls(StageStacks each, List<String> frames) {
    String type = each.stage().function().replace('.', '/');
    return frames.stream().anyMatch(f -> f.startsWith(type + ".") || f.startsWith(type + "$"));
  }

  private static String part(String thread, List<String> frames) {
    String named = partOfThread(thread);
    if (named != null) {
      return named;
    }
    for (Map.Entry<String, String> known : FRAMES) {
      if (frames.stream().anyMatch(frame -> frame.contains(known.getKey()))) {
        return known.getValue();
      }
    }
    Share machine = StageStacks.ofThread(thread);
    return machine == Share.RUNTIME ? "other threads" : machine.label;
  }

  private static @Nullable String partOfThread(String thread) {
    for (Map.Entry<String, String> known : THREADS.entrySet()) {
      if (thread.endsWith(known.getKey())) {
        return known.getValue();
      }
    }
    return thread.contains("-sink-") ? "sinks" : null;
  }

  Stacks graph() {
    return graph;
  }

  /** Of a frame of the graph: functions are their stages'. */
  static Code.Owner ownerOf(String frame) {
    Code.Owner owner = NO_FUNCTION.ownerOfJava(frame);
    return owner == Code.Owner.FUNCTION ? Code.Owner.LIBRARY : owner;
  }

  /** What each part has of the whole, in nanoseconds, the most first. */
  Map<String, Long> parts() {
    Map<String, Long> sorted = new LinkedHashMap<>();
    parts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(part -> sorted.put(part.getKey(), part.getValue()));
    return sorted;
  }

  /** {@code engine: 60 % ingestion, 20 % dispatcher, … of 3.1 s of CPU time}. */
  String sentence() {
    long total = graph.total();
    return total == 0
        ? "engine: no CPU time that could be seen"
        : "engine: "
            + parts().entrySet().stream()
                .map(part -> StageStacks.percent(part.getValue(), total) + " " + part.getKey())
                .collect(Collectors.joining(", "))
            + " of "
            + StageStacks.seconds(total);
  }
}
