package io.forebay.observe;

import static io.forebay.observe.Thresholds.LIMITING_SHARE;
import static io.forebay.observe.Thresholds.OTHERS_SHARE;
import static io.forebay.observe.Thresholds.STARVED_SHARE;

import io.forebay.observe.Diagnosis.Gain;
import io.forebay.observe.Diagnosis.Kind;
import io.forebay.snapshot.SourceSnapshot;
import java.util.Comparator;
import java.util.List;

/**
 * The sources are the limit, or nothing can be told: {@code source}, {@code decode}, {@code none}.
 */
final class SourceRules {
  private SourceRules() {}

  static Diagnosis nothing(Span span) {
    return new Finding(Kind.SOURCE, busiest(span), 1).says("The sources gave no records.");
  }

  static Diagnosis tooShort(Span span) {
    return new Finding(Kind.NONE, Diagnosis.FOREBAY, 1)
        .evidence("seconds", span.seconds())
        .says(
            "The run was too short to tell what limited it ("
                + Format.time((double) span.nanos())
                + "): let it run for some seconds.");
  }

  static Diagnosis unclear(Span span, double held) {
    return new Finding(Kind.NONE, Diagnosis.FOREBAY, held)
        .evidence("heldUpShare", held)
        .parts(span)
        .says(
            "The sources waited for room "
                + Format.percent(held)
                + " of the time although nothing was busy throughout"
                + Finding.busiestStage(span)
                + ": the run was too short, or the machine too busy, to name one limit.");
  }

  static Diagnosis gaveNoMore(Span span) {
    String name = busiest(span);
    double cpu =
        span.engine().ingestCpu() < 0 ? 0 : (double) span.engine().ingestCpu() / span.nanos();
    double delay = Math.max(0, (double) span.engine().runDelay() / span.nanos());
    int cores = Math.max(1, Math.min(reading(span), span.host().cores()));
    // Of threads that carry sources, the delay of those that hardly work says nothing.
    boolean busy = cpu + Math.min(delay, cpu) >= LIMITING_SHARE * cores;
    if (busy && delay >= STARVED_SHARE && takenByOthers(span)) {
      return new Finding(Kind.STARVED, name, Math.min(1, delay))
          .evidence("cores", cpu)
          .evidence("runDelayShare", delay)
          .evidence("othersShareOfCores", span.others())
          .advise("", Gain.of(1 + delay, span.room(name)))
          .says(
              "Reading and decoding '"
                  + name
                  + "' had no core for "
                  + Format.percent(Math.min(1, delay))
                  + " of the time, and every stage waited for records: it was starved, other"
                  + " programs had them; give it cores of its own.");
    }
    if (busy) {
      return new Finding(Kind.DECODE, name, Math.min(1, cpu / cores))
          .evidence("cores", cpu)
          .evidence("heldUpShare", span.held().share())
          .says(
              "Reading and decoding '"
                  + name
                  + "' took "
                  + Format.percent(Math.min(1, cpu / cores))
                  + " of "
                  + (cores == 1 ? "a core" : cores + " cores")
                  + ", and every stage waited for records"
                  + Finding.busiestStage(span)
                  + ": it limited the run; spread its records over more sources or partitions, or"
                  + " send a format that costs less to read.");
    }
    return new Finding(Kind.SOURCE, name, 1 - span.held().share())
        .evidence("heldUpShare", span.held().share())
        .evidence("cores", cpu)
        .evidence("runDelayShare", delay)
        .parts(span)
        .says(
            "The sources gave no more: "
                + (span.stages().isEmpty() ? "the sink" : "every stage")
                + " waited for records"
                + Finding.busiestStage(span)
                + HandOverRules.costly(span)
                    .map(stage ->
                        "; crossing the border cost "
                            + Format.percent(stage.transport())
                            + " of "
                            + stage.name()
                            + "'s time, which does not matter here")
                    .orElse("")
                + ".");
  }

  private static boolean takenByOthers(Span span) {
    return span.host().others() < 0 || span.others() >= OTHERS_SHARE;
  }

  /** How many sources have not come to their end, or at least had not for some of the time. */
  private static int reading(Span span) {
    List<SourceSnapshot> sources = span.end().sources();
    return (int) Math.max(1, sources.stream().filter(source -> source.records() > 0).count());
  }

  private static String busiest(Span span) {
    return span.end().sources().stream()
        .max(Comparator.comparingLong(SourceSnapshot::records))
        .map(SourceSnapshot::name)
        .orElse(Diagnosis.FOREBAY);
  }
}
