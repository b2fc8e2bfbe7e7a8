package io.forebay.observe;

import java.util.Locale;
import java.util.Map;

/**
 * What limits a pipeline, and the one change that helps. What each kind means, by which evidence it
 * is told and from which threshold on, is in {@code docs/specs/diagnosis.md}.
 *
 * @param part the source, stage or sink by its name, or {@link #FOREBAY}
 * @param share of the time that it explains, 0..1
 * @param evidence the figures that it was drawn from, by name; shares are 0..1
 * @param advice the lines of the pipeline file to change; empty where none helps
 * @param gain what the change brings
 * @param sentence all of it for people
 */
public record Diagnosis(
    Kind kind,
    String part,
    double share,
    Map<String, Double> evidence,
    String advice,
    Gain gain,
    String sentence) {
  /** The part that is none of the user's: the engine and its memory. */
  public static final String FOREBAY = "forebay";

  /** What limits it. The names are public: see {@link #label}. */
  public enum Kind {
    /** The sources gave no more. */
    SOURCE,
    /** Reading and parsing is the limit. */
    DECODE,
    /** The function: all workers compute, and the cores are used. */
    COMPUTE,
    /** All workers compute, and cores are free. */
    WORKERS,
    /** A cpu stage waits. */
    WAITS,
    /** Other programs, or a quota, have the cores. */
    STARVED,
    /** Calls wait for a lock, or for Python's interpreter. */
    LOCK,
    /** Garbage collection. */
    GC,
    /** The memory limit ends workers. */
    MEMORY,
    /** Workers end again and again. */
    RESTARTS,
    /** The function is too cheap for the border to its workers. */
    BORDER,
    /** Handing over costs more than it needs to, because batches are small. */
    SMALL_BATCHES,
    /** Workers are idle, or records late, because batches are large. */
    LARGE_BATCHES,
    /** All slots are under way, and nothing is busy. */
    SLOTS,
    /** All records that may be under way are, and nothing is busy. */
    WINDOW,
    /** One partition, or one kind of record, has most of the time. */
    SKEW,
    /** An async or blocking stage has as many records as it may. */
    CONCURRENCY,
    /** Writing to a sink. */
    SINK,
    /** Committing to a sink rather than writing. */
    COMMIT,
    /** Handing batches over. */
    DISPATCHER,
    /** The spool before a sink is full. */
    SPOOL,
    /** The evidence is too thin. */
    NONE;

    /** The public name: {@code large-batches}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * By which factor records a second grow if the advice is followed.
   *
   * @param factor what is most likely
   * @param low at least
   * @param high at most
   */
  public record Gain(double factor, double low, double high) {
    /** Nothing changes. */
    public static final Gain NONE = new Gain(1, 1, 1);

    /** Up to a factor, beyond which something else limits. */
    static Gain of(double factor, double most) {
      double likely = Math.max(1, Math.min(factor, most));
      return new Gain(
          likely, 1 + (likely - 1) * 0.6, Math.max(likely, Math.min(most, likely * 1.2)));
    }
  }

  /** The same, as explaining another share of the time. */
  Diagnosis over(double ofTheTime, String said) {
    return new Diagnosis(kind, part, ofTheTime, evidence, advice, gain, said);
  }
}
