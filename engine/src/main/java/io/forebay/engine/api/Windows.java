package io.forebay.engine.api;

import io.forebay.internal.windows.WindowParameters;
import io.forebay.internal.windows.WindowPartials;
import io.forebay.workers.api.FunctionSpec;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Windows in event time, and where what is open is kept. Immutable: each setter returns a copy.
 *
 * @param size how long a window is
 * @param every how far apart windows begin; the size is a multiple of it
 * @param by the column whose values have windows of their own; empty for one for all
 * @param time the column that tells the time; empty for the only one with timestamps
 * @param maxLateness how much older than the newest of its partition a record may be; others go to
 *     dead letter, or to {@code late}
 * @param late the sink that is given the records that come too late, and nothing else; empty: they
 *     go to dead letter
 * @param idle after how long a partition that hands in nothing is not waited for
 * @param most how many pieces of windows may be open at a time, over all keys; records that would
 *     need more go to dead letter
 * @param state a folder, which belongs to this pipeline alone
 */
public record Windows(
    Duration size,
    Duration every,
    String by,
    String time,
    Duration maxLateness,
    String late,
    Duration idle,
    int most,
    Path state) {
  /** Unless told. */
  public static final Duration MAX_LATENESS = Duration.ofSeconds(5);

  /** Unless told. */
  public static final Duration IDLE = Duration.ofSeconds(30);

  /** Unless told: with statistics some 200 MB. */
  public static final int MOST = 500_000;

  /** Windows one after the other, for all records together. */
  public static Windows of(Duration size, Path state) {
    return new Windows(size, size, "", "", MAX_LATENESS, "", IDLE, MOST, state);
  }

  /**
   * What decides which record belongs where, with that accumulator.
   *
   * @throws io.forebay.errors.ConfigurationException in one sentence, if they cannot be
   */
  public WindowParameters parameters(FunctionSpec accumulator) {
    return new WindowParameters(
        accumulator.reference(), accumulator.parameters(), size, every, by, time, maxLateness);
  }

  /**
   * The stage that makes partial results for these windows.
   *
   * @param stage whose function is an accumulator
   */
  public Stage.Cpu partials(Stage.Cpu stage) {
    FunctionSpec accumulator = stage.function();
    return stage.function(
        new FunctionSpec(
            WindowPartials.class.getName(),
            parameters(accumulator).toMap(),
            accumulator.python(),
            accumulator.environment()));
  }

  /** How far apart they begin. */
  public Windows every(Duration distance) {
    return new Windows(size, distance, by, time, maxLateness, late, idle, most, state);
  }

  /** The column whose values have windows of their own. */
  public Windows by(String column) {
    return new Windows(size, every, column, time, maxLateness, late, idle, most, state);
  }

  /** The column that tells the time. */
  public Windows time(String column) {
    return new Windows(size, every, by, column, maxLateness, late, idle, most, state);
  }

  /** How late a record may be. */
  public Windows maxLateness(Duration limit) {
    return new Windows(size, every, by, time, limit, late, idle, most, state);
  }

  /** The sink that is given what comes too late. */
  public Windows late(String sink) {
    return new Windows(size, every, by, time, maxLateness, sink, idle, most, state);
  }

  /** After how long a silent partition is not waited for. */
  public Windows idle(Duration after) {
    return new Windows(size, every, by, time, maxLateness, late, after, most, state);
  }

  /** How many pieces of windows may be open. */
  public Windows most(int open) {
    return new Windows(size, every, by, time, maxLateness, late, idle, open, state);
  }
}
