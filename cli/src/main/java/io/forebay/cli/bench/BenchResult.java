package io.forebay.cli.bench;

import io.forebay.cli.trial.Sample;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What a matrix of trials has measured.
 *
 * @param file the pipeline file
 * @param cores that this process may use
 * @param rounds how often each cell was tried, in turns with the others
 * @param notices what else there is to know, each in a sentence
 */
public record BenchResult(
    String pipeline,
    String file,
    int cores,
    int rounds,
    List<Sample> samples,
    List<String> notices,
    List<OfStage> stages) {

  /**
   * A stage.
   *
   * @param configured the cell that the file has
   * @param failure why nothing could be measured, in one sentence
   */
  record OfStage(
      String name,
      Cell configured,
      Optional<String> failure,
      List<String> notices,
      List<OfCell> cells) {
    /** Most records a second; empty if nothing was measured. */
    Optional<OfCell> fastest() {
      return cells.stream()
          .filter(each -> !each.rounds.isEmpty())
          .max(Comparator.comparingDouble(each -> each.median(Round::recordsPerSecond)));
    }

    Optional<OfCell> asConfigured() {
      return cells.stream()
          .filter(each -> each.cell.equals(configured) && !each.rounds.isEmpty())
          .findFirst();
    }
  }

  /**
   * One trial.
   *
   * @param rowsPerBatch on average
   * @param nanosPerRecord time in the function
   * @param nanosPerCall in the function and to the worker and back
   * @param cpuNanos of the engine and its workers for each record; negative if not known
   */
  record Round(
      double recordsPerSecond,
      double rowsPerBatch,
      double nanosPerRecord,
      double nanosPerCall,
      double cpuNanos) {}

  /** A cell, and what was measured of it; no rounds: it failed, or there was no time. */
  record OfCell(Cell cell, List<Round> rounds) {
    double median(ToDoubleFunction<Round> figure) {
      double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
      int half = sorted.length / 2;
      return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    double least(ToDoubleFunction<Round> figure) {
      return rounds.stream().mapToDouble(figure).min().orElse(0);
    }

    double most(ToDoubleFunction<Round> figure) {
      return rounds.stream().mapToDouble(figure).max().orElse(0);
    }

    /** How far the records a second of a round were from the median at most, as a share of it. */
    double spread() {
      double median = median(Round::recordsPerSecond);
      return median <= 0
          ? 0
          : Math.max(
                  most(Round::recordsPerSecond) - median, median - least(Round::recordsPerSecond))
              / median;
    }
  }

  /** Whether every stage could be measured. */
  public boolean works() {
    return stages.stream().allMatch(each -> each.failure().isEmpty());
  }
}
