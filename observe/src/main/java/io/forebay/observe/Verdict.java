package io.forebay.observe;

import static io.forebay.observe.Format.percent;

import io.forebay.PipelineSnapshot;
import io.forebay.Placement;
import io.forebay.SinkSnapshot;
import io.forebay.SourceSnapshot;
import io.forebay.StageKind;
import io.forebay.StageSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * Says in one sentence what limited a run and what to change, from what was measured. A pure
 * function.
 */
public final class Verdict {
  /** Busier than this, a part of the pipeline is what the others waited for. */
  static final double LIMITING_SHARE = 0.75;

  /** A border that costs more than this share of the calls is worth a word. */
  static final double COSTLY_BORDER_SHARE = 0.4;

  /** Below this a record, no border pays: the function takes less time than handing over. */
  static final double INLINE_NANOS = 1_000;

  /** A shorter run is mostly the starting and warming up of workers. */
  static final Duration SHORT = Duration.ofSeconds(3);

  /** What the output for rejected records is called. */
  private static final String DEAD_LETTER = "deadLetter";

  private Verdict() {}

  /** A part of the pipeline that may have limited it. */
  private record Part(double busyShare, String sentence) {}

  /** The sentence for a run. */
  public static String of(PipelineSnapshot run) {
    if (run.records().read() == 0) {
      return "The sources gave no records.";
    }
    List<Part> parts = new ArrayList<>();
    sinks(run).ifPresent(parts::add);
    run.stages().forEach(stage -> parts.add(stage(stage, run)));
    parts.add(dispatcher(run));
    // Of two equally busy parts the one that is named first: a sink before a stage before the rest.
    Part busiest = parts.stream().max(Comparator.comparingDouble(Part::busyShare)).orElseThrow();
    for (Part part : parts) {
      if (part.busyShare() == busiest.busyShare()) {
        busiest = part;
        break;
      }
    }
    if (busiest.busyShare() >= LIMITING_SHARE) {
      return busiest.sentence();
    }
    double blocked =
        run.sources().stream().mapToDouble(SourceSnapshot::blockedShare).max().orElse(0);
    Optional<StageSnapshot> costly =
        run.stages().stream()
            .filter(Verdict::crossesBorder)
            .filter(stage -> stage.transportShare() >= COSTLY_BORDER_SHARE)
            .findFirst();
    if (blocked >= 0.2 && costly.isPresent()) {
      return border(costly.get(), run);
    }
    if (blocked >= 0.2) {
      return "The sources waited for room "
          + percent(blocked)
          + " of the time although nothing was busy throughout"
          + busiestStage(run)
          + (blocked >= 0.5
              ? ": allow more batches on their way with more slots or a smaller batch."
              : ": the run was too short, or the machine too busy, to name one limit.");
    }
    return "The sources gave no more: "
        + (run.stages().isEmpty() ? "the sink" : "every stage")
        + " waited for records"
        + busiestStage(run)
        + costly
            .map(stage ->
                "; crossing the border cost "
                    + percent(stage.transportShare())
                    + " of "
                    + stage.name()
                    + "'s time, which does not matter here")
            .orElse("")
        + ".";
  }

  /**
   * A single sink and dead letter are written by one thread, so that their shares add up; several
   * sinks are written at the same time, each by a thread of its own.
   */
  private static Optional<Part> sinks(PipelineSnapshot run) {
    boolean atOnce =
        run.sinks().stream().filter(sink -> !sink.name().equals(DEAD_LETTER)).count() > 1;
    DoubleStream shares = run.sinks().stream().mapToDouble(SinkSnapshot::busyShare);
    double busy = atOnce ? shares.max().orElse(0) : Math.min(1, shares.sum());
    return run.sinks().stream()
        .max(Comparator.comparingDouble(SinkSnapshot::busyShare))
        .map(busiest ->
            new Part(
                busy,
                (busy - busiest.busyShare() < 0.05
                        ? "The sink '" + busiest.name() + "' was busy "
                        : "The outputs, above all '" + busiest.name() + "', were busy ")
                    + percent(busy)
                    + " of the time: "
                    + (busy - busiest.busyShare() < 0.05 ? "it" : "they")
                    + " limited the run"
                    + busiestStage(run)
                    + "."));
  }

  private static Part stage(StageSnapshot stage, PipelineSnapshot run) {
    String start = "The stage '" + stage.name() + "' ";
    String busy = percent(stage.busyShare()) + " of the time";
    String each = Format.time(nanosPerRecord(stage, run)) + " a record";
    String sentence =
        switch (stage.kind()) {
          case ASYNC ->
              start
                  + "had all its "
                  + Format.count(stage.workers())
                  + " requests under way "
                  + busy
                  + " ("
                  + each
                  + "): it limited the run; raise its concurrency.";
          case BLOCKING ->
              start
                  + "had all its "
                  + threads(stage)
                  + " waiting "
                  + busy
                  + " ("
                  + each
                  + "): it limited the run; give it more threads.";
          case CPU -> cpu(stage, run, start, busy, each);
        };
    return new Part(stage.busyShare(), sentence);
  }

  private static String cpu(
      StageSnapshot stage, PipelineSnapshot run, String start, String busy, String each) {
    String limited = start + "computed " + busy + " on " + workers(stage) + " (" + each + ")";
    if (stage.cpuShare() < 0.5) {
      return start
          + "was in its function "
          + busy
          + ", but used the CPU for only "
          + percent(stage.cpuShare())
          + " of that: it waits, so make it async or blocking.";
    }
    if (crossesBorder(stage)
        && stage.transportShare() >= COSTLY_BORDER_SHARE
        && nanosPerRecord(stage, run) < INLINE_NANOS) {
      return border(stage, run);
    }
    if (stage.on().orElse(Placement.INLINE) == Placement.INLINE) {
      return limited
          + ": it limited the run; on: threads or processes would spread it over more cores.";
    }
    return limited + ": it limited the run; more workers help while cores are free.";
  }

  private static String border(StageSnapshot stage, PipelineSnapshot run) {
    double nanos = nanosPerRecord(stage, run);
    String which = stage.on().orElseThrow() == Placement.PROCESSES ? "process" : "thread";
    return stage.name()
        + ": "
        + Format.time(nanos)
        + " a record; crossing the "
        + which
        + " border cost "
        + percent(stage.transportShare())
        + " of its time: "
        + (nanos < INLINE_NANOS
            ? "run it inline."
            : run.elapsed().compareTo(SHORT) < 0
                ? "most of so short a run is starting, a longer one tells what limits it."
                : "make its batches larger.");
  }

  private static Part dispatcher(PipelineSnapshot run) {
    return new Part(
        run.dispatcherBusyShare(),
        "Handing batches over kept the dispatcher busy "
            + percent(run.dispatcherBusyShare())
            + " of the time: it limited the run; make the batches larger.");
  }

  private static boolean crossesBorder(StageSnapshot stage) {
    return stage.kind() == StageKind.CPU
        && stage.on().orElse(Placement.INLINE) != Placement.INLINE
        && stage.recordsIn() > 0;
  }

  /** Time in the function for a record. */
  static double nanosPerRecord(StageSnapshot stage, PipelineSnapshot run) {
    double busyNanos = stage.busyShare() * stage.workers() * run.elapsed().toNanos();
    return stage.recordsIn() == 0 ? 0 : busyNanos / stage.recordsIn();
  }

  /** {@code ; features used 12 % of 2 workers}; empty without stages. */
  private static String busiestStage(PipelineSnapshot run) {
    return run.stages().stream()
        .max(Comparator.comparingDouble(StageSnapshot::busyShare))
        .map(stage ->
            "; " + stage.name() + " used " + percent(stage.busyShare()) + " of " + workers(stage))
        .orElse("");
  }

  private static String workers(StageSnapshot stage) {
    return switch (stage.kind()) {
      case ASYNC -> Format.count(stage.workers()) + " requests";
      case BLOCKING -> threads(stage);
      case CPU ->
          stage.on().orElse(Placement.INLINE) == Placement.INLINE
              ? "the dispatcher's thread"
              : stage.workers() == 1 ? "1 worker" : Format.count(stage.workers()) + " workers";
    };
  }

  private static String threads(StageSnapshot stage) {
    return stage.workers() == 1 ? "1 thread" : Format.count(stage.workers()) + " threads";
  }
}
