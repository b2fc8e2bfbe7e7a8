package io.forebay.engine;

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
  private static final long EVERY_NANOS = 50_000_000;

  /** To look at every thread of the process costs about a millisecond. */
  private static final int TURNS_TO_METER = 20;

  private final List<RunningStage> stages;
  private final Ticker ticker;
  private final AgentRunner sampling;
  private final Thread thread;
  private volatile @Nullable EngineMeter meter;
  private int turns;

  Sampler(String name, List<RunningStage> stages, Ticker ticker) {
    this.stages = stages;
    this.ticker = ticker;
    this.sampling = AgentRunner.repeat(this::sample, e -> {});
    this.thread = Thread.ofPlatform().daemon().name(name + "-meters").unstarted(sampling);
  }

  void start() {
    thread.start();
  }

  void end() {
    sampling.end();
  }

  /** Made when it is first asked for: the classes it needs take longer than a pipeline to start. */
  EngineMeter meter() {
    EngineMeter made = meter;
    return made == null ? make() : made;
  }

  private synchronized EngineMeter make() {
    EngineMeter made = meter;
    if (made == null) {
      made = new EngineMeter(ticker.nanos());
      meter = made;
    }
    return made;
  }

  private boolean sample() {
    LockSupport.parkNanos(EVERY_NANOS);
    for (RunningStage stage : stages) {
      stage.pool.sample(ticker.nanos());
    }
    if (turns++ % TURNS_TO_METER == 0) {
      meter().sample(ticker.nanos());
    }
    return true;
  }
}
