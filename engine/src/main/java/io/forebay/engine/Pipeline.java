package io.forebay.engine;

import io.forebay.ConfigurationException;
import io.forebay.PipelineSnapshot;
import java.time.Duration;
import java.util.List;

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
  Pipeline(PipelineConfig config) {}

  /** Begins the description of a pipeline. */
  public static PipelineBuilder builder(String name) {
    return new PipelineBuilder(name);
  }

  /**
   * Identifies the pipeline across runs: equal for equal sources, functions with parameters and
   * sinks, whatever the placement, the batch sizes and the number of workers.
   */
  public String identity() {
    throw new UnsupportedOperationException();
  }

  /**
   * Looks for what an earlier run has left, starts workers, opens outputs and sources, and returns.
   *
   * @throws ConfigurationException in one sentence, with nothing left running, if the outputs hold
   *     unfinished work of another pipeline or workers cannot start
   */
  public Pipeline start() {
    throw new UnsupportedOperationException();
  }

  /** {@link #start}, then {@link #await}. */
  public PipelineResult run() throws InterruptedException {
    return start().await();
  }

  /** Waits until the pipeline has ended and everything it had is released. */
  public PipelineResult await() throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  /**
   * Sentences for the person who started it, known after {@link #start}: that it resumes, that it
   * starts over.
   */
  public List<String> notices() {
    throw new UnsupportedOperationException();
  }

  /** Everything that is measured, now. Costs microseconds. */
  public PipelineSnapshot snapshot() {
    throw new UnsupportedOperationException();
  }

  /**
   * Asks the sources to stop, delivers and commits what they have read, and ends. Returns at once;
   * {@link #await} tells the outcome: {@link PipelineResult.Drained}, or {@link
   * PipelineResult.DeadlineExceeded} if that takes longer than {@code deadline}.
   */
  public void drain(Duration deadline) {
    throw new UnsupportedOperationException();
  }

  /** Ends at once, also during {@link #drain}; what is not committed is not acknowledged. */
  public void stop() {
    throw new UnsupportedOperationException();
  }

  /** {@link #stop}, then waits until everything is released. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
