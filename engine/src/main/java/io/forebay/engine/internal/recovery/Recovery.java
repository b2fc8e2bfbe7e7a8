package io.forebay.engine.internal.recovery;

import io.forebay.Frontier;
import io.forebay.Output;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.RecordCounts;
import io.forebay.Sink;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.files.Remedy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where this run begins, decided from what earlier runs have left in the outputs.
 *
 * @param resume whether it continues an unfinished run
 * @param start what every output has
 * @param ahead for each output, what it has beyond that
 * @param keeps for each output, the progress whose pipeline and completeness it goes on to name;
 *     empty where this run names its own
 * @param notices sentences for the person who started it
 * @param ofState whether it was the state of windows that decided: then an output may have less
 *     than {@code start}, and is given what it lacks; {@code ahead} is all that it has
 */
public record Recovery(
    boolean resume,
    Frontier start,
    List<Frontier> ahead,
    List<String> notices,
    List<Optional<Progress>> keeps,
    boolean ofState) {
  Recovery(boolean resume, Frontier start, List<Frontier> ahead, List<String> notices) {
    this(resume, start, ahead, notices, ahead.stream().map(each -> NOTHING).toList(), false);
  }

  private static final Optional<Progress> NOTHING = Optional.empty();

  /** The name of the dead letters among the outputs. */
  public static final String DEAD_LETTER = "deadLetter";

  /** An output by its name. */
  public record Named(String name, Output output) {}

  /**
   * Decides.
   *
   * @param adds whether this pipeline adds to what another one has written: finished or not, and
   *     all that is known of its sources stays known
   * @param repeatable whether the source of that name can read again
   * @throws ConfigurationException if an output holds unfinished work of another pipeline
   */
  public static Recovery of(
      String identity,
      List<Named> outputs,
      boolean fresh,
      boolean adds,
      Predicate<String> repeatable) {
    return fresh
        ? startOver(outputs.size(), List.of())
        : of(identity, outputs, outputs.stream().map(Recovery::recover).toList(), adds, repeatable);
  }

  private static Recovery of(
      String identity,
      List<Named> outputs,
      List<Optional<Progress>> found,
      boolean adds,
      Predicate<String> repeatable) {
    List<Progress> present = found.stream().flatMap(Optional::stream).toList();
    if (present.isEmpty()) {
      return startOver(outputs.size(), List.of());
    }
    if (!adds && present.stream().allMatch(Progress::complete)) {
      return startOver(
          outputs.size(),
          List.of("the outputs hold a finished run: starting over, what they hold is replaced"));
    }
    for (int i = 0; i < found.size(); i++) {
      Progress progress = found.get(i).orElse(null);
      if (progress != null
          && !progress.pipeline().equals(identity)
          && !(adds && progress.complete())) {
        throw new ConfigurationException(
            "the output '"
                + outputs.get(i).name()
                + "' holds unfinished work of another pipeline: finish that one, choose another"
                + " output, or start over with --fresh, which replaces what is there");
      }
    }
    Recovery resumed = resume(found, adds ? source -> true : repeatable);
    return adds ? resumed.adding(found) : resumed;
  }

  /**
   * Decides where there are windows: their state says how far the last run had decided, and the
   * outputs are to be given what they lack of that.
   *
   * @param state what it says; empty if there is none
   * @throws ConfigurationException if an output, or the state, holds unfinished work of another
   *     pipeline, or they do not belong together
   */
  public static Recovery withState(
      String identity,
      List<Named> outputs,
      boolean fresh,
      Optional<Epoch> state,
      Predicate<String> repeatable) {
    if (fresh) {
      return startOver(outputs.size(), List.of());
    }
    List<Optional<Progress>> found = outputs.stream().map(Recovery::recover).toList();
    Recovery alone = of(identity, outputs, found, false, repeatable);
    boolean nothing = found.stream().allMatch(Optional::isEmpty);
    Epoch epoch = state.orElse(null);
    if (epoch == null) {
      if (alone.resume) {
        throw apart("the outputs hold a part of a run, and the state of its windows is gone");
      }
      return alone;
    }
    boolean complete = nothing ? epoch.complete() : !alone.resume;
    if (complete || (nothing && outputs.stream().anyMatch(Recovery::keepsProgress))) {
      return startOver(outputs.size(), alone.notices);
    }
    if (!epoch.pipeline().equals(identity)) {
      throw new ConfigurationException(
          "the state of the windows holds unfinished work of another pipeline: finish that one,"
              + " choose another folder, or start over with --fresh, which replaces what the"
              + " outputs hold");
    }
    List<Frontier> has = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      Frontier frontier = found.get(i).map(Progress::frontier).orElse(Frontier.START);
      long at = Epoch.of(frontier);
      boolean forgets = found.get(i).isEmpty() && !keepsProgress(outputs.get(i));
      if (!forgets
          && (at > epoch.number() || at < (epoch.settled() ? epoch.number() : epoch.base()))) {
        throw apart(
            "the output '"
                + outputs.get(i).name()
                + "' is at epoch "
                + at
                + " of the windows, and their state is at epoch "
                + epoch.number());
      }
      has.add(only(frontier, repeatable));
    }
    return new Recovery(
        true,
        only(epoch.frontier(), repeatable),
        has,
        List.of("resuming an unfinished run where it was committed"),
        has.stream().map(each -> NOTHING).toList(),
        true);
  }

  private static boolean keepsProgress(Named named) {
    return !(named.output() instanceof Sink sink) || sink.effectivelyOnce();
  }

  private static ConfigurationException apart(String what) {
    return new ConfigurationException(
        what
            + ": put back what belongs together, or start over with --fresh, which replaces what is"
            + " there");
  }

  /** What became of the records of earlier runs that this one goes on with. */
  public RecordCounts earlier() {
    return adds() ? RecordCounts.NONE : start.total();
  }

  /** What an output has already. */
  public ResumePoint output(int index) {
    Frontier has = ahead.get(index);
    return new ResumePoint(ofState ? has : start, has, keeps.get(index));
  }

  /** Whether it adds to what another pipeline has written, whose counts stay as they are. */
  public boolean adds() {
    return keeps.stream().anyMatch(Optional::isPresent);
  }

  private Recovery adding(List<Optional<Progress>> found) {
    return new Recovery(true, start, ahead, List.of("adding to what is there"), found, false);
  }

  private static Optional<Progress> recover(Named named) {
    try {
      return named.output().recover();
    } catch (IOException | RuntimeException e) {
      throw new ConfigurationException(
          "the output '"
              + named.name()
              + "' cannot tell what an earlier run has left ("
              + (e.getMessage() == null ? e.toString() : e.getMessage())
              + "): "
              + remedy(e),
          e);
    }
  }

  /**
   * Starting over helps where what was left is not understood; where it cannot be reached, or is
   * not to be seen by this user, it would not go either. What an output knows better, it says
   * itself.
   */
  private static String remedy(Exception cause) {
    return cause instanceof IOException
        ? Remedy.of(cause) + " and run again"
        : "put that right, or start over with --fresh, which replaces what is there";
  }

  private static Recovery startOver(int outputs, List<String> notices) {
    List<Frontier> ahead = Collections.nCopies(outputs, Frontier.START);
    return new Recovery(false, Frontier.START, ahead, notices);
  }

  private static Recovery resume(List<Optional<Progress>> found, Predicate<String> repeatable) {
    List<Frontier> frontiers = new ArrayList<>();
    for (Optional<Progress> progress : found) {
      frontiers.add(only(progress.map(Progress::frontier).orElse(Frontier.START), repeatable));
    }
    Frontier start = frontiers.getFirst();
    for (Frontier frontier : frontiers) {
      start = start.min(frontier);
    }
    Frontier resumed = start;
    return new Recovery(
        true,
        start,
        frontiers.stream().map(each -> each.beyond(resumed)).toList(),
        List.of("resuming an unfinished run where it was committed"));
  }

  /** Positions of sources that read something else in each run mean nothing to this one. */
  private static Frontier only(Frontier frontier, Predicate<String> repeatable) {
    Map<String, Position> kept = new HashMap<>(frontier.positions());
    kept.keySet()
        .removeIf(
            key -> !key.equals(Partition.WINDOWS) && !repeatable.test(Partition.sourceOf(key)));
    return new Frontier(kept, frontier.counts(), frontier.dropped());
  }
}
