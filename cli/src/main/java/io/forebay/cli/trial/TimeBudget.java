package io.forebay.cli.trial;

import io.forebay.cli.trial.Trial.Window;
import io.forebay.workers.api.MonotonicClock;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The time that all trials together may take, and how long each of them is therefore. */
public final class TimeBudget {
  private static final Duration SHORTEST = Duration.ofMillis(80);
  private static final Duration LONGEST = Duration.ofMillis(500);

  /** So many trials are made, about. */
  private static final int TRIALS = 60;

  private final LongSupplier clock;
  private final long end;

  /** What it was made for: how long trials are does not change. */
  private final Duration all;

  /** What a start took at most. */
  private Duration start = Duration.ZERO;

  public TimeBudget(Duration all) {
    this(all, MonotonicClock::nanos);
  }

  TimeBudget(Duration all, LongSupplier clock) {
    this(all, clock, clock.getAsLong() + all.toNanos());
  }

  private TimeBudget(Duration all, LongSupplier clock, long end) {
    this.all = all;
    this.clock = clock;
    this.end = end;
  }

  /**
   * An equal share for the next of so many stages. A quarter of the time is kept for the whole
   * pipeline.
   */
  public TimeBudget forStage(int stages) {
    Duration rest = left().minus(all.dividedBy(4));
    return new TimeBudget(
        all, clock, clock.getAsLong() + Math.max(0, rest.dividedBy(stages).toNanos()));
  }

  /** What is left; zero if nothing is. */
  public Duration left() {
    return Duration.ofNanos(Math.max(0, end - clock.getAsLong()));
  }

  /** A trial of one stage. */
  public Window ofStage() {
    Duration measured = all.dividedBy(TRIALS);
    measured = measured.compareTo(SHORTEST) < 0 ? SHORTEST : measured;
    measured = measured.compareTo(LONGEST) > 0 ? LONGEST : measured;
    return new Window(patience(), measured.dividedBy(2), measured);
  }

  /** A trial of the whole pipeline: long enough for a diagnosis. */
  public Window ofPipeline() {
    Window stage = ofStage();
    Duration least = Duration.ofMillis(320); // What the diagnosis needs.
    Duration measured = stage.measured().multipliedBy(2);
    return new Window(
        stage.patience(), stage.warm(), measured.compareTo(least) < 0 ? least : measured);
  }

  /** A trial of the whole pipeline that others are compared with. */
  public Window ofVerification() {
    Window pipeline = ofPipeline();
    return new Window(pipeline.patience(), pipeline.warm(), pipeline.measured().multipliedBy(2));
  }

  /** How long to wait for a first record. */
  private Duration patience() {
    return all.dividedBy(4);
  }

  /** Whether there is time for so many more trials of one stage, with the start of workers. */
  public boolean allows(int trials) {
    return left().compareTo(each().multipliedBy(trials)) >= 0;
  }

  /** Remembers how long a trial took to start: a function may load a model, or a large library. */
  public void started(Measured trial) {
    start = trial.starting().compareTo(start) > 0 ? trial.starting() : start;
  }

  private Duration each() {
    Window window = ofStage();
    return window.warm().plus(window.measured()).multipliedBy(2).plus(start);
  }
}
