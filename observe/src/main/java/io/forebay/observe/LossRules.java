package io.forebay.observe;

import static io.forebay.observe.Thresholds.ENDS_PER_SECOND;
import static io.forebay.observe.Thresholds.LOSSES;
import static io.forebay.observe.Thresholds.LOSS_SHARE;

import io.forebay.observe.Diagnosis.Gain;
import io.forebay.observe.Diagnosis.Kind;
import io.forebay.snapshot.StageSettings;
import io.forebay.snapshot.WorkerEnds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Workers that end again and again: {@code memory}, {@code restarts}. */
final class LossRules {
  private LossRules() {}

  /** Whether that is one of its kinds. */
  static boolean tells(Kind kind) {
    return kind == Kind.MEMORY || kind == Kind.RESTARTS;
  }

  /** The stage that has lost most by it. */
  static Optional<Diagnosis> find(Span span) {
    return span.stages().stream()
        .filter(stage -> stage.ends().failures() >= LOSSES)
        .filter(stage -> stage.lost() >= LOSS_SHARE || endsAllTheTime(stage))
        .max(Comparator.comparingDouble(StageSpan::lost))
        .map(stage -> of(stage, span));
  }

  /** Whether hardly a worker lives for longer than some seconds. */
  private static boolean endsAllTheTime(StageSpan stage) {
    double each = stage.ends().failures() / (double) Math.max(1, stage.stage().workers());
    return each >= ENDS_PER_SECOND * stage.nanos() / 1e9;
  }

  private static Diagnosis of(StageSpan stage, Span span) {
    WorkerEnds ends = stage.ends();
    boolean memory = 2 * ends.memory() >= ends.failures();
    boolean timeouts = !memory && 2 * ends.timeouts() >= ends.failures();
    StageSettings settings = stage.stage().settings();
    Finding finding =
        new Finding(memory ? Kind.MEMORY : Kind.RESTARTS, stage.name(), stage.lost())
            .evidence("lostShare", stage.lost())
            .evidence("ends", (double) ends.failures())
            .evidence("memoryEnds", (double) ends.memory())
            .evidence("timeoutEnds", (double) ends.timeouts())
            .evidence("crashEnds", (double) ends.crashes())
            .evidence("exitEnds", (double) ends.exits())
            .evidence("killEnds", (double) ends.kills());
    Gain gain = Gain.of(1 / (1 - Math.min(0.95, stage.lost())), span.room(stage.name()));
    String more = Finding.mebibytes(2 * Math.max(64L << 20, settings.memoryBytes()));
    String longer = Finding.seconds(4 * settings.timeout().toMillis() / 1000.0);
    if (memory) {
      finding.adviseStage("memory: " + more, gain);
    } else if (timeouts) {
      finding.adviseStage("timeout: " + longer, gain);
    }
    return finding.says(
        "Workers of the stage '"
            + stage.name()
            + "' ended "
            + Format.count(ends.failures())
            + " times ("
            + kinds(ends)
            + "), which cost "
            + Format.percent(stage.lost())
            + " of their time: it limited the run; "
            + (memory
                ? "give them more memory: "
                    + more
                    + " instead of "
                    + Finding.mebibytes(settings.memoryBytes())
                    + ", or smaller batches."
                : timeouts
                    ? "make the function end, or give it a longer timeout: "
                        + longer
                        + " instead of "
                        + Finding.seconds(settings.timeout().toMillis() / 1000.0)
                        + "."
                    : ends.kills() * 2 >= ends.failures()
                        ? "look for who kills them, or for a machine short of memory."
                        : "look at their last lines: the dead letters and the log have them."));
  }

  private static String kinds(WorkerEnds ends) {
    List<String> kinds = new ArrayList<>();
    add(kinds, ends.memory(), "out of memory");
    add(kinds, ends.timeouts(), "timed out");
    add(kinds, ends.crashes(), "crashed");
    add(kinds, ends.exits(), "ended by the function");
    add(kinds, ends.kills(), "killed from outside");
    return String.join(", ", kinds);
  }

  private static void add(List<String> kinds, long count, String what) {
    if (count > 0) {
      kinds.add(Format.count(count) + " " + what);
    }
  }
}
