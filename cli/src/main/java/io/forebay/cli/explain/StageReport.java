package io.forebay.cli.explain;

import io.forebay.cli.trial.StageCost;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What trials have found out about a stage.
 *
 * @param failure why nothing could be measured, in one sentence
 * @param notices what else there is to know, each in a sentence
 * @param cost of its calls, where they are isolated, with one worker
 * @param allocatedBytes for each record; negative if that is not known
 * @param places the same sample in other places
 * @param batches the same sample in batches of other sizes, with one worker; ascending
 * @param scaling with other numbers of workers
 * @param most what the largest batch held that a slot has room for
 */
record StageReport(
    Stage stage,
    Optional<String> failure,
    List<String> notices,
    Nature nature,
    StageCost cost,
    double allocatedBytes,
    List<Place> places,
    List<BatchPoint> batches,
    Optional<Scaling> scaling,
    double most) {

  /** What a function does with its time. */
  enum Nature {
    /** It waits, and holds no thread while it does. */
    WAITS,
    /** It waits, and holds its thread. */
    BLOCKS,
    /** It uses the CPU. */
    COMPUTES;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The sample in one place.
   *
   * @param on empty for stages that are not placed: async and blocking ones
   * @param workers or how many records may be waited for
   */
  record Place(Optional<Placement> on, int workers, double recordsPerSecond, StageCost cost) {}

  /**
   * The sample in batches of about one size.
   *
   * @param rows of a batch, on average
   * @param nanos of a call, in the function
   * @param borderNanos of a call, to the worker and back
   */
  record BatchPoint(double rows, double nanos, double borderNanos, double recordsPerSecond) {
    double nanosPerRecord() {
      return (nanos + borderNanos) / rows;
    }
  }

  /** Of a stage of which nothing could be measured. */
  static StageReport failed(Stage stage, String sentence, Nature nature, StageCost cost) {
    return new StageReport(
        stage,
        Optional.of(sentence),
        List.of(),
        nature,
        cost,
        -1,
        List.of(),
        List.of(),
        Optional.empty(),
        0);
  }

  String name() {
    return stage.name();
  }

  boolean isPython() {
    return stage.function().isPython();
  }

  /** What a call costs in the function. */
  CostLine line() {
    return CostLine.through(
        batches.stream().map(each -> new CostLine.Call(each.rows, each.nanos)).toList());
  }

  /** What it costs to bring a batch to a worker and back. */
  CostLine border() {
    return CostLine.through(
        batches.stream().map(each -> new CostLine.Call(each.rows, each.borderNanos)).toList());
  }

  Optional<Place> place(Placement on) {
    return places.stream().filter(each -> each.on.equals(Optional.of(on))).findFirst();
  }
}
