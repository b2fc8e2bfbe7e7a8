package io.forebay.observe;

import static io.forebay.observe.Thresholds.EXPLAINED_SHARE;
import static io.forebay.observe.Thresholds.HELD_UP_SHARE;
import static io.forebay.observe.Thresholds.LEAST_SECONDS;
import static io.forebay.observe.Thresholds.LIMITING_SHARE;
import static io.forebay.observe.Thresholds.MOSTLY_SHARE;
import static io.forebay.observe.Thresholds.PRESSED_SHARE;
import static io.forebay.observe.Thresholds.SATURATED_SHARE;
import static io.forebay.observe.Thresholds.SECOND_SHARE;
import static io.forebay.observe.Thresholds.UNPRESSED_SHARE;

import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.StageKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What has limited a pipeline between two snapshots: a pure function.
 *
 * <p>Everybody in a pipeline waits for the slowest part: sources for room, stages for records or
 * for room behind them, sinks for batches. So a part is to blame only for being busy itself. Where
 * one is, its family of rules says why. Where none is and the sources were held up all the same, it
 * is what holds batches back: workers that are lost, borders, windows, slots. Where the sources
 * were not held up, they are the limit themselves.
 */
public final class Causes {
  private Causes() {}

  /** Of a whole run up to this snapshot; the first is what limited it most, there is always one. */
  public static List<Diagnosis> of(PipelineSnapshot run) {
    return of(Span.whole(run));
  }

  /** Of what came between two snapshots of a run. */
  public static List<Diagnosis> of(PipelineSnapshot begin, PipelineSnapshot end) {
    return of(Span.between(begin, end));
  }

  private static List<Diagnosis> of(Span span) {
    if (span.end().records().read() == 0) {
      return List.of(SourceRules.nothing(span));
    }
    if (span.seconds() < LEAST_SECONDS) {
      return List.of(SourceRules.tooShort(span));
    }
    List<Part> parts = parts(span);
    Part busiest = parts.stream().max(Comparator.comparingDouble(Part::busy)).orElseThrow();
    // Of two equally busy parts the one that is named first: a sink before a stage before the rest.
    for (Part part : parts) {
      if (part.busy() == busiest.busy()) {
        busiest = part;
        break;
      }
    }
    double held = span.held().share();
    boolean limits =
        busiest.busy() >= SATURATED_SHARE
            || (busiest.busy() >= LIMITING_SHARE && held >= UNPRESSED_SHARE);
    Optional<Diagnosis> losses = held < UNPRESSED_SHARE ? Optional.empty() : LossRules.find(span);
    if (losses.isPresent() && !(limits && busiest.outranksLosses())) {
      return List.of(losses.get());
    }
    if (limits) {
      return List.of(busiest.why().get());
    }
    return List.copyOf(nothingBusy(span, parts, held));
  }

  /** No part was busy throughout. */
  private static List<Diagnosis> nothingBusy(Span span, List<Part> parts, double held) {
    if (held < PRESSED_SHARE) {
      return List.of(SourceRules.gaveNoMore(span));
    }
    // The rest of the time is that of starting, ending, and waking each other up.
    Part busiest = parts.stream().max(Comparator.comparingDouble(Part::busy)).orElseThrow();
    boolean mostly =
        held >= HELD_UP_SHARE
            && busiest.busy() >= MOSTLY_SHARE
            && busiest.takesTurns()
            && hasSlotsEnough(span);
    Optional<Diagnosis> found =
        RoomRules.tinyWindow(span)
            .or(() -> HandOverRules.costlyBorder(span))
            .or(() ->
                mostly && busiest.busy() >= EXPLAINED_SHARE * held
                    ? Optional.of(busiest.why().get())
                    : RoomRules.find(span));
    if (found.isPresent()) {
      return List.of(found.get());
    }
    if (held < HELD_UP_SHARE) {
      return List.of(SourceRules.unclear(span, held));
    }
    List<Diagnosis> turns = turns(span, parts, held);
    if (!turns.isEmpty()) {
      return turns;
    }
    return List.of(mostly ? busiest.why().get() : RoomRules.nothingBusy(span, held));
  }

  /**
   * Parts that were busy one after the other: together they explain what the sources have waited,
   * and there were slots enough for them to be busy at the same time.
   */
  private static List<Diagnosis> turns(Span span, List<Part> parts, double held) {
    List<Part> some = new ArrayList<>(parts);
    some.removeIf(part -> part.busy() < SECOND_SHARE || !part.takesTurns());
    some.sort(Comparator.comparingDouble(Part::busy).reversed());
    double sum = some.stream().mapToDouble(Part::busy).sum();
    if (some.size() < 2 || sum < LIMITING_SHARE * held || !hasSlotsEnough(span)) {
      return List.of();
    }
    return some.stream().map(part -> part.why().get()).toList();
  }

  /** Whether each worker can have a batch, and the next one waits for it. */
  private static boolean hasSlotsEnough(Span span) {
    int workers =
        span.stages().stream()
            .filter(stage -> stage.stage().kind() == StageKind.CPU)
            .mapToInt(stage -> stage.stage().workers())
            .max()
            .orElse(0);
    return span.end().slots() >= 2 * workers + 2;
  }

  /**
   * A part that may be to blame.
   *
   * @param takesTurns whether it can have been the limit for a part of the time
   * @param outranksLosses whether it cannot be that it is busy because workers are lost
   */
  private record Part(
      double busy, boolean takesTurns, boolean outranksLosses, Supplier<Diagnosis> why) {}

  private static List<Part> parts(Span span) {
    List<Part> parts = new ArrayList<>();
    SinkRules.away(span)
        .ifPresent(away -> parts.add(new Part(away.share(), true, true, () -> away)));
    if (!span.sinks().isEmpty()) {
      parts.add(new Part(span.outputs(), true, true, () -> SinkRules.busy(span)));
    }
    for (StageSpan stage : span.stages()) {
      parts.add(new Part(stage.busy(), true, false, () -> BusyStageRules.busy(stage, span)));
    }
    parts.add(new Part(span.dispatcher(), false, false, () -> HandOverRules.dispatcher(span)));
    return parts;
  }
}
