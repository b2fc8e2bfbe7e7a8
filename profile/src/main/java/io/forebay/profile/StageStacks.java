package io.forebay.profile;

import io.forebay.profile.Code.Owner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The stacks of one stage, each counted for what it was spent for: the innermost frame that is the
 * function's or Forebay's has the time, also that of the libraries which it calls. Not thread-safe.
 */
final class StageStacks {
  /** The Java worker's program, and the method of it in which it calls its function. */
  private static final String WORKER = "/WorkerMain.";

  private static final String SERVING = "/WorkerMain.work_";
  private static final String LAUNCHER = "sun/launcher/";
  private static final String PYTHON_WORKER = "forebay.worker._work";
  private static final String PYTHON_SERVING = "forebay.worker._serve";

  private static final int TOP = 10;
  private static final long TENTH = 100_000_000;

  /** Twenty samples. */
  private static final long FEW = 2 * TENTH;

  private static final Comparator<Map.Entry<String, Long>> MOST_FIRST =
      Map.Entry.<String, Long>comparingByValue()
          .reversed()
          .thenComparing(Map.Entry.comparingByKey());

  private final ProfiledStage stage;
  private final Code code;
  private final Stacks graph = new Stacks();
  private final Map<Share, Long> shares = new EnumMap<>(Share.class);

  /** By method of the function's side: what was spent in it, and in the libraries it calls. */
  private final Map<String, Long> methods = new HashMap<>();

  StageStacks(ProfiledStage stage) {
    this.stage = stage;
    this.code = Code.ofJava(stage.function());
  }

  /**
   * Adds a stack.
   *
   * @param thread its name; empty for Python
   */
  void add(String thread, List<String> frames, long nanos) {
    int owner = owner(frames);
    Share share = share(thread, frames, owner);
    shares.merge(share, nanos, Long::sum);
    if (share == Share.FUNCTION) {
      methods.merge(Code.name(frames.get(owner)), nanos, Long::sum);
    }
    List<String> drawn = new ArrayList<>();
    drawn.add(share.label);
    boolean within = share != Share.FUNCTION;
    for (String frame : frames) {
      within |= ownerOf(frame) == Owner.FUNCTION;
      if (within) {
        drawn.add(frame);
      }
    }
    graph.add(drawn, nanos);
  }

  private Share share(String thread, List<String> frames, int owner) {
    if (isStart(frames)) {
      return Share.START;
    }
    if (owner >= 0) {
      return ownerOf(frames.get(owner)) == Owner.FUNCTION ? Share.FUNCTION : Share.FOREBAY;
    }
    return ofThread(thread);
  }

  /** Of a thread of the virtual machine's own. */
  static Share ofThread(String thread) {
    if (thread.startsWith("C1 ") || thread.startsWith("C2 ")) {
      return Share.COMPILER;
    }
    // Also what else needs all threads to stand still: with one collector thread it is this one.
    return thread.startsWith("VM Thread") || thread.startsWith("GC ") || thread.startsWith("G1 ")
        ? Share.COLLECTOR
        : Share.RUNTIME;
  }

  private boolean isStart(List<String> frames) {
    if (stage.place() == ProfiledStage.Place.PYTHON_WORKERS) {
      return frames.contains(PYTHON_WORKER) && !frames.contains(PYTHON_SERVING);
    }
    return frames.stream().anyMatch(f -> f.contains(WORKER) || f.startsWith(LAUNCHER))
        && frames.stream().noneMatch(frame -> frame.contains(SERVING));
  }

  /** The index of the frame that has the time; -1 if only a runtime's are there. */
  private int owner(List<String> frames) {
    int at = frames.size() - 1;
    while (at >= 0 && ownerOf(frames.get(at)) == Owner.LIBRARY) {
      at--;
    }
    return at;
  }

  Owner ownerOf(String frame) {
    return stage.place() == ProfiledStage.Place.PYTHON_WORKERS
        ? code.ownerOfPython(frame)
        : code.ownerOfJava(frame);
  }

  /** Of a frame of the graph, whose lowest ones are labels. */
  Owner ownerOfDrawn(String frame) {
    if (frame.equals(Share.FUNCTION.label)) {
      return Owner.FUNCTION;
    }
    return frame.equals(Share.FOREBAY.label) ? Owner.FOREBAY : ownerOf(frame);
  }

  ProfiledStage stage() {
    return stage;
  }

  /** What is drawn. */
  Stacks graph() {
    return graph;
  }

  /** What each share has of the whole, in nanoseconds, by its label. */
  Map<String, Long> labelled() {
    Map<String, Long> labelled = new LinkedHashMap<>();
    shares.forEach((share, nanos) -> labelled.put(share.label, nanos));
    return labelled;
  }

  /** The methods of the function's side that took most, the first most. */
  List<Map.Entry<String, Long>> topMethods() {
    return methods.entrySet().stream().sorted(MOST_FIRST).limit(TOP).toList();
  }

  long total() {
    return graph.total();
  }

  /** {@code features: 84 % in your function (top: com.acme.Fft.step 61 %), 9 % Forebay, …}. */
  String sentence() {
    long total = total();
    if (total == 0) {
      return stage.name() + ": no CPU time that could be seen: it had nothing to do, or waited";
    }
    List<String> parts = new ArrayList<>();
    String top =
        topMethods().stream()
            .findFirst()
            .map(most -> " (top: " + most.getKey() + " " + percent(most.getValue(), total) + ")")
            .orElse("");
    parts.add(percent(of(Share.FUNCTION), total) + " in your function" + top);
    boolean border = stage.place() != ProfiledStage.Place.ENGINE;
    parts.add(
        percent(of(Share.FOREBAY), total)
            + " Forebay ("
            + (border ? "crossing the border" : "around the calls")
            + ")");
    if (stage.place() == ProfiledStage.Place.JAVA_WORKERS) {
      long machine = of(Share.COMPILER) + of(Share.COLLECTOR) + of(Share.RUNTIME);
      parts.add(
          percent(machine, total)
              + " JVM (compiler "
              + percent(of(Share.COMPILER), total)
              + ", GC "
              + percent(of(Share.COLLECTOR), total)
              + ")");
    }
    if (of(Share.START) > 0) {
      parts.add(percent(of(Share.START), total) + " starting workers");
    }
    return stage.name() + ": " + String.join(", ", parts) + " of " + seconds(total);
  }

  /** {@code features: 84 % in your function, 9 % Forebay}: what there is room for above a graph. */
  String title() {
    long total = total();
    return total == 0
        ? stage.name()
        : stage.name()
            + ": "
            + percent(of(Share.FUNCTION), total)
            + " in your function, "
            + percent(of(Share.FOREBAY), total)
            + " Forebay";
  }

  private long of(Share share) {
    return shares.getOrDefault(share, 0L);
  }

  static String percent(long part, long whole) {
    double share = 100.0 * part / whole;
    return part == 0 ? "0 %" : share < 1 ? "<1 %" : Math.round(share) + " %";
  }

  static String seconds(long nanos) {
    String time =
        nanos < TENTH
            ? nanos / 1_000_000 + " ms of CPU time"
            : String.format(Locale.ROOT, "%.1f s of CPU time", nanos / 1e9);
    return nanos < FEW ? time + ", too little to rely on" : time;
  }
}
