package io.forebay.engine.internal.run;

import io.forebay.engine.internal.dispatch.RunningStage;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.internal.concurrent.AgentRunner;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks some times a second at what cannot be counted where it happens: what threads wait for, and
 * what they have spent. One daemon thread, which does nothing but that: the pipeline goes on
 * without it.
 */
final class Sampler {
  /** How often threads of stages are looked at. */
  private static final long EVERY_NANOS = 50_000_000;

  /** To look at every thread of the process costs about a millisecond. */
  private static final long TO_METER_NANOS = 1_000_000_000;

  private final List<RunningStage> stages;
  private final Ticker ticker;
  private final AgentRunner sampling;
  private final Thread thread;
  private volatile @Nullable EngineMeter meter;
  private long meteredAt;

  Sampler(String name, List<RunningStage> stages, Ticker ticker) {
    this.stages = stages;
    this.ticker = ticker;
    this.sampling = AgentRunner.repeat(this::sample, Sampler::failed);
    this.thread = Thread.ofPlatform().daemon().name(name + "-meters").unstarted(sampling);
  }

  void start() {
    thread.start();
  }

  void end() {
    sampling.end();
  }

  /**
   * Made by the thread that samples, before anything else, or by who asks sooner: the classes it
   * needs take longer than a pipeline to start.
   */
  EngineMeter meter() {
    EngineMeter made = meter;
    return made == null ? make() : made;
  }

  private synchronized EngineMeter make() {
    EngineMeter made = meter;
    if (made == null) {
      made = new EngineMeter(ticker.nanos(), workersNanos());
      meter = made;
    }
    return made;
  }

  /** What workers have spent before the run: they are started and tried out first. */
  private long workersNanos() {
    long nanos = 0;
    for (RunningStage stage : stages) {
      nanos += Math.max(0, stage.snapshot(ticker.nanos(), 1, 0).times().processCpu());
    }
    return nanos;
  }

  private boolean sample() {
    if (meter == null) {
      meter();
    }
    Thread.interrupted(); // Of nobody's wish: it would not wait any more.
    LockSupport.parkNanos(hasThreads() ? EVERY_NANOS : TO_METER_NANOS);
    long now = ticker.nanos();
    for (RunningStage stage : stages) {
      stage.pool.sample(now);
    }
    if (now - meteredAt >= TO_METER_NANOS) {
      meteredAt = now;
      meter().sample(now);
    }
    return true;
  }

  /** Other stages have nothing that is looked at from here. */
  private boolean hasThreads() {
    return stages.stream().anyMatch(RunningStage::isOnThreads);
  }

  private static void failed(Throwable e) {
    // Not before it is needed: the first logger is looked for in the whole class path.
    System.getLogger(Sampler.class.getName())
        .log(
            System.Logger.Level.WARNING,
            "what threads wait for and spend is not measured any more; the pipeline goes on",
            e);
  }
}
