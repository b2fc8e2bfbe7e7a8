package io.forebay.engine;

import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.internal.loops.SystemTicker;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.plan.PipelineDefinition;
import io.forebay.engine.internal.plan.Plan;
import io.forebay.engine.internal.plan.UndeliveredRecords;
import io.forebay.engine.internal.run.Run;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.events.BatchTracing;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.tap.Taps;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Carries records from sources through functions to sinks, in batches, without losing one.
 *
 * <pre>{@code
 * Pipeline pipeline =
 *     Pipeline.builder("plant")
 *         .source("hall-a", new SimulatedSource(4, 12_500, 0, 1))
 *         .stage(Stage.cpu("features", LectureFeatures.class).workers(2))
 *         .sink("out", sink)
 *         .deadLetters(rejected)
 *         .build();
 * switch (pipeline.run()) {
 *   case PipelineResult.Completed done -> System.out.println(done.snapshot().records());
 *   case PipelineResult.Failed failed -> System.err.println(failed.reason());
 *   default -> {}
 * }
 * }</pre>
 *
 * <p>Runs once. Thread-safe: {@link #snapshot}, {@link #drain} and {@link #stop} may be called from
 * any thread at any time.
 */
public final class Pipeline implements AutoCloseable {
  private final Plan plan;
  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Run run;
  private volatile BatchTracing tracing = BatchTracing.NONE;

  Pipeline(PipelineDefinition config) {
    this(config, SystemTicker.INSTANCE);
  }

  Pipeline(PipelineDefinition config, Ticker ticker) {
    this.plan = Plan.of(config);
    this.ticker = ticker;
  }

  /** Begins the description of a pipeline. */
  public static PipelineBuilder builder(String name) {
    return new PipelineBuilder(name);
  }

  /**
   * Identifies the pipeline across runs: equal for equal sources, functions with parameters and
   * sinks, whatever the placement, the batch sizes and the number of workers.
   */
  public String identity() {
    return plan.identity();
  }

  /** What holds across crashes, for each source and sink. */
  public List<Guarantee> guarantees() {
    return Guarantee.of(plan.config());
  }

  /**
   * What becomes of records that were read and are not delivered when a run ends, as the end of a
   * sentence about them: a source that cannot repeat has lost them.
   */
  public String leftovers() {
    return UndeliveredRecords.sentence(plan.config().sources());
  }

  /** Who follows batches; to be said before {@link #start}. */
  public void traceWith(BatchTracing follower) {
    tracing = follower;
  }

  /**
   * Looks for what an earlier run has left, starts workers, opens outputs and sources, and returns.
   *
   * @throws ConfigurationException in one sentence, with nothing left running, if the outputs hold
   *     unfinished work of another pipeline or workers cannot start
   * @throws IllegalStateException if it was started before
   */
  public Pipeline start() {
    lock.lock();
    try {
      if (run != null) {
        throw new IllegalStateException("a pipeline runs only once: build another one");
      }
      run = Run.start(plan, ticker, tracing);
      return this;
    } finally {
      lock.unlock();
    }
  }

  /** {@link #start}, then {@link #await}. */
  public PipelineResult run() throws InterruptedException {
    return start().await();
  }

  /** Waits until the pipeline has ended and everything it had is released. */
  public PipelineResult await() throws InterruptedException {
    try {
      return started().result().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * Sentences for the person who started it, known after {@link #start}: that it resumes, that it
   * starts over.
   */
  public List<String> notices() {
    return started().notices();
  }

  /** Where its records can be looked at while it runs. */
  public Taps taps() {
    return started().taps();
  }

  /** Everything that is measured, now. Costs microseconds. */
  public PipelineSnapshot snapshot() {
    return started().snapshot();
  }

  /**
   * Asks the sources to stop, delivers and commits what they have read, and ends. Returns at once;
   * {@link #await} tells the outcome: {@link PipelineResult.Drained}, or {@link
   * PipelineResult.DeadlineExceeded} if that takes longer than {@code deadline}.
   */
  public void drain(Duration deadline) {
    started().drain(deadline);
  }

  /** Ends at once, also during {@link #drain}; what is not committed is not acknowledged. */
  public void stop() {
    started().stop();
  }

  /** {@link #stop}, then waits until everything is released. Does nothing if it has ended. */
  @Override
  public void close() {
    Run started = run;
    if (started != null) {
      started.stop();
      started.result().join();
    }
  }

  private Run started() {
    Run started = run;
    if (started == null) {
      throw new IllegalStateException("the pipeline was not started");
    }
    return started;
  }
}
