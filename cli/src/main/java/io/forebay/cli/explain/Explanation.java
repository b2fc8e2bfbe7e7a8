package io.forebay.cli.explain;

import io.forebay.cli.trial.Measured;
import io.forebay.cli.trial.Sample;
import io.forebay.observe.Diagnosis;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What trials of a pipeline file have found out.
 *
 * @param file the pipeline file
 * @param cores that this process may use
 * @param stages each with what the rule says of it
 * @param whole the pipeline as it is configured; empty if a stage does not work
 * @param change the one change that is advised
 * @param gain what it brings, as tried on the whole pipeline
 * @param verified what it brought in further rounds, if they were wished for
 */
public record Explanation(
    String pipeline,
    String file,
    int cores,
    List<Sample> samples,
    List<String> notices,
    List<Entry> stages,
    Optional<Whole> whole,
    Optional<Change> change,
    Optional<Gain> gain,
    Optional<Gain> verified) {

  /** A stage, and what is said of it. */
  public record Entry(StageReport report, Advice advice) {}

  /** The pipeline as it is configured, on the sample. */
  public record Whole(double recordsPerSecond, Diagnosis limit) {}

  /**
   * One run of the whole pipeline.
   *
   * @param cpuNanos CPU time of the engine and its workers for each record; negative if not known
   */
  public record Round(double recordsPerSecond, double cpuNanos) {
    static Round of(Measured measured) {
      return new Round(measured.recordsPerSecond(), measured.cpuNanosPerRecord());
    }
  }

  /**
   * The pipeline without the change and with it.
   *
   * @param before rounds without
   * @param after rounds with it, interleaved with the others
   */
  public record Gain(List<Round> before, List<Round> after) {
    /** A change that brings less is within what trials differ by. */
    private static final double WORTH = 1.05;

    /** So much slower is still as fast, where it takes less CPU time. */
    private static final double AS_FAST = 0.85;

    private static final double LESS_CPU = 0.85;

    double before(ToDoubleFunction<Round> figure) {
      return median(before.stream().map(figure::applyAsDouble).toList());
    }

    double after(ToDoubleFunction<Round> figure) {
      return median(after.stream().map(figure::applyAsDouble).toList());
    }

    /** By which factor the records a second grow. */
    public double factor() {
      return after(Round::recordsPerSecond) / Math.max(1e-9, before(Round::recordsPerSecond));
    }

    /** By which factor the CPU time of a record grows; 1 if it is not known. */
    double cpuFactor() {
      double before = before(Round::cpuNanos);
      double after = after(Round::cpuNanos);
      return before <= 0 || after <= 0 ? 1 : after / before;
    }

    /** Whether it is faster. */
    boolean isFaster() {
      return factor() >= WORTH;
    }

    /** Whether it is faster, or about as fast for less CPU time. */
    boolean pays() {
      return isFaster() || (factor() >= AS_FAST && cpuFactor() <= LESS_CPU);
    }

    /** The least and the largest factor of a round with the change, against the rounds without. */
    double[] range() {
      double without = Math.max(1e-9, before(Round::recordsPerSecond));
      DoubleSummaryStatistics with =
          after.stream().mapToDouble(Round::recordsPerSecond).summaryStatistics();
      return new double[] {with.getMin() / without, with.getMax() / without};
    }

    static double median(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      int half = sorted.size() / 2;
      return sorted.size() % 2 == 1
          ? sorted.get(half)
          : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
  }

  /** Whether every stage got its records through. */
  public boolean works() {
    return stages.stream().allMatch(each -> each.report().failure().isEmpty());
  }
}
