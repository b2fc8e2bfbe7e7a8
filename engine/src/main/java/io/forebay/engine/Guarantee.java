package io.forebay.engine;

import io.forebay.Sink;
import io.forebay.Source;
import io.forebay.engine.internal.plan.PipelineDefinition;
import io.forebay.errors.ConfigurationException;
import java.util.ArrayList;
import java.util.List;

/**
 * What holds for the records of one source in one sink if Forebay crashes at any moment, and the
 * same pipeline is started again. It follows from their contracts alone:
 *
 * <ul>
 *   <li>nothing is lost if the source can read again what was not acknowledged ({@link
 *       Source#repeatable}), or is sent it again ({@link Source#redelivers});
 *   <li>nothing arrives twice if the source reads on from a position, the sink keeps its progress
 *       with its data ({@link Sink#effectivelyOnce}) and batches do not overtake; or if the source
 *       never hands anything in again and the sink is not written to again when its store was away.
 * </ul>
 *
 * @param losesNothing whether every record arrives
 * @param repeatsNothing whether no record arrives twice
 */
public record Guarantee(String source, String sink, boolean losesNothing, boolean repeatsNothing) {

  private enum Cause {
    SOURCE_FORGETS,
    SOURCE_REPEATS,
    SINK_FORGETS,
    OVERTAKING
  }

  static Guarantee of(
      PipelineDefinition.NamedSource from, PipelineDefinition.NamedSink to, boolean ordered) {
    return new Guarantee(
        from.name(),
        to.name(),
        !causes(from, to.sink(), ordered).contains(Cause.SOURCE_FORGETS),
        causes(from, to.sink(), ordered).stream().allMatch(cause -> cause == Cause.SOURCE_FORGETS));
  }

  private static List<Cause> causes(
      PipelineDefinition.NamedSource from, Sink sink, boolean ordered) {
    List<Cause> causes = new ArrayList<>();
    boolean again = !from.forgets();
    if (!again) {
      causes.add(Cause.SOURCE_FORGETS);
    }
    if (from.source().redelivers()) {
      causes.add(Cause.SOURCE_REPEATS);
    }
    if (!sink.effectivelyOnce() && (again || sink.retryable())) {
      causes.add(Cause.SINK_FORGETS);
    }
    if (!ordered && (again || sink.retryable())) {
      causes.add(Cause.OVERTAKING);
    }
    return causes;
  }

  /** For each source and sink. */
  static List<Guarantee> of(PipelineDefinition config) {
    List<Guarantee> all = new ArrayList<>();
    for (PipelineDefinition.NamedSource source : config.sources()) {
      for (PipelineDefinition.NamedSink sink : config.sinks()) {
        all.add(of(source, sink, config.delivery().ordered()));
      }
    }
    return all;
  }

  /**
   * Checks that every source and sink gives what was asked for.
   *
   * @throws ConfigurationException in one sentence that says what to change
   */
  static void require(Delivery asked, PipelineDefinition config) {
    boolean noLoss = asked != Delivery.AT_MOST_ONCE;
    boolean noRepetition = asked != Delivery.AT_LEAST_ONCE;
    for (PipelineDefinition.NamedSource source : config.sources()) {
      for (PipelineDefinition.NamedSink sink : config.sinks()) {
        for (Cause cause : causes(source, sink.sink(), config.delivery().ordered())) {
          if (cause == Cause.SOURCE_FORGETS ? noLoss : noRepetition) {
            throw new ConfigurationException(
                "delivery " + text(asked) + " cannot be given: " + why(cause, source, sink));
          }
        }
      }
    }
  }

  private static String text(Delivery asked) {
    return switch (asked) {
      case AT_LEAST_ONCE -> "at-least-once";
      case AT_MOST_ONCE -> "at-most-once";
      case EFFECTIVELY_ONCE -> "effectively-once";
    };
  }

  private static String why(
      Cause cause, PipelineDefinition.NamedSource source, PipelineDefinition.NamedSink sink) {
    return switch (cause) {
      case SOURCE_FORGETS ->
          "after a crash the source '"
              + source.name()
              + "' cannot read again what was in flight; give it a spool, as in spool: { path:"
              + " spool/"
              + source.name()
              + " }";
      case SOURCE_REPEATS ->
          "after a crash the source '"
              + source.name()
              + "' is sent again what it had not acknowledged; ask for at-least-once";
      case SINK_FORGETS ->
          "the sink '"
              + sink.name()
              + "' does not keep its progress with its data, so records may arrive twice; ask for"
              + " at-least-once, or write to a sink that does, such as a file or a table";
      case OVERTAKING ->
          "batches may overtake, so records may arrive twice; remove ordered: false, or ask for"
              + " at-least-once";
    };
  }

  /** The guarantee in one sentence. */
  public String sentence() {
    if (losesNothing) {
      return repeatsNothing
          ? "effectively once; after a crash the same command goes on where it stopped."
          : "at least once; after a crash records may be delivered twice.";
    }
    return repeatsNothing
        ? "once while Forebay runs; a source cannot be read again, so a crash of Forebay loses what"
            + " is in flight."
        : "not guaranteed; a crash of Forebay loses what is in flight, and a sink whose store was"
            + " away may get records twice.";
  }

  /** What to tell the person who starts it: one sentence if it is the same everywhere. */
  public static List<String> notices(List<Guarantee> all) {
    if (all.stream().map(Guarantee::sentence).distinct().count() == 1) {
      return List.of("Delivery: " + all.getFirst().sentence());
    }
    return all.stream()
        .map(each ->
            "Delivery from '" + each.source + "' to '" + each.sink + "': " + each.sentence())
        .toList();
  }
}
