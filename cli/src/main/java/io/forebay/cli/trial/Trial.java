package io.forebay.cli.trial;

import com.sun.management.ThreadMXBean;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineBuilder;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.workers.api.MonotonicClock;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Runs stages on samples for a moment: a pipeline of the engine, whose sources never end and whose
 * outputs keep nothing. What is measured is what lies between two snapshots, after the workers have
 * started and code is warm.
 */
public final class Trial {
  /** How long a trial whose time is over may take to end. */
  private static final Duration ENDING = Duration.ofSeconds(5);

  /** So often a trial may be found to be still getting faster. */
  private static final int MOST_STEPS = 6;

  private static final double STILL_FASTER = 1.1;

  /** How often it is looked whether a call has ended. */
  private static final Duration LOOK = Duration.ofMillis(1);

  /** Fewer calls of the last stage tell little, if there is time for more. */
  private static final int LEAST_CALLS = 5;

  /**
   * How long a trial takes.
   *
   * @param patience until the first record is through, at most
   * @param warm then nothing is measured: so long at least, and again as long as it gets faster
   * @param measured then it is
   */
  public record Window(Duration patience, Duration warm, Duration measured) {}

  private final Supplier<PipelineBuilder> memory;

  /**
   * @param memory makes the beginning of a pipeline: its memory and limits
   */
  public Trial(Supplier<PipelineBuilder> memory) {
    this.memory = memory;
  }

  /**
   * Runs the stages on the samples.
   *
   * @throws io.forebay.errors.ConfigurationException in one sentence, if they cannot be started
   */
  public Measured run(List<Sample> samples, List<Stage> stages, Window window)
      throws InterruptedException {
    long begun = MonotonicClock.nanos();
    PipelineBuilder builder = memory.get();
    CompletableFuture<Void> first = new CompletableFuture<>();
    TrialSink sink = new TrialSink(Sample.Limits.USUAL, first);
    TrialRejections rejections = new TrialRejections(first);
    samples.forEach(sample -> builder.source(sample.name(), sample.again(first)));
    stages.forEach(builder::stage);
    Pipeline pipeline = builder.sink("trial", sink).deadLetters(rejections).build().start();
    try {
      CompletableFuture<PipelineResult> ended = ended(pipeline);
      boolean came = comesThrough(pipeline, first, ended, window.patience());
      Duration starting = Duration.ofNanos(MonotonicClock.nanos() - begun);
      boolean over = !came || warms(pipeline, ended, window.warm());
      PipelineSnapshot begin = atTheEndOfACall(pipeline, ended, window);
      long allocated = allocated();
      PipelineSnapshot end = over ? pipeline.snapshot() : measured(pipeline, ended, begin, window);
      allocated = allocated() - allocated;
      pipeline.stop();
      comes(ended, ENDING);
      Optional<String> failure =
          ended.state() == Future.State.SUCCESS
                  && ended.join() instanceof PipelineResult.Failed failed
              ? Optional.of(failed.reason())
              : Optional.empty();
      return new Measured(starting, begin, end, allocated, failure, rejections.reason(), sink);
    } finally {
      // Not closed: that would wait for a function of this process that never returns.
      pipeline.stop();
    }
  }

  /**
   * What the first stage is given: the records of all sources, with the columns of all.
   *
   * @return empty if nothing comes out of that
   */
  public Optional<Sample> together(List<Sample> samples, Window window)
      throws InterruptedException {
    return samples.size() == 1
        ? Optional.of(samples.getFirst())
        : run(samples, List.of(), window).sink().kept("sources");
  }

  /** Waits for the first record; one that a stage has left out is through, too. */
  private static boolean comesThrough(
      Pipeline pipeline,
      CompletableFuture<Void> first,
      CompletableFuture<?> ended,
      Duration patience)
      throws InterruptedException {
    CompletableFuture<?> either = CompletableFuture.anyOf(first, ended);
    for (long i = patience.dividedBy(LOOK); i > 0; i--) {
      if (comes(either, LOOK)) {
        return true;
      }
      List<StageSnapshot> stages = pipeline.snapshot().stages();
      if (stages.stream().anyMatch(each -> each.recordsIn() > 0 && each.recordsOut() == 0)) {
        first.complete(null);
      }
    }
    return false;
  }

  /**
   * Waits until the code is compiled and the batches have their size, as far as the records a
   * second tell; whether the pipeline has ended meanwhile.
   */
  private static boolean warms(Pipeline pipeline, CompletableFuture<?> ended, Duration step)
      throws InterruptedException {
    long before = done(pipeline);
    long last = 0;
    for (int i = 0; i < MOST_STEPS; i++) {
      if (comes(ended, step)) {
        return true;
      }
      long now = done(pipeline);
      if (i > 0 && now - before <= STILL_FASTER * last) {
        return false;
      }
      last = now - before;
      before = now;
    }
    return false;
  }

  /** Waits for the time that is measured, and for some calls of a function that is slow. */
  private static PipelineSnapshot measured(
      Pipeline pipeline, CompletableFuture<?> ended, PipelineSnapshot begin, Window window)
      throws InterruptedException {
    long steps = Math.max(1, window.patience().dividedBy(window.measured()));
    PipelineSnapshot now;
    do {
      boolean over = comes(ended, window.measured());
      now = pipeline.snapshot();
      steps = over ? 0 : steps - 1;
    } while (steps > 0 && Measured.calls(now) - Measured.calls(begin) < LEAST_CALLS);
    return steps > 0 ? atTheEndOfACall(pipeline, ended, window) : now;
  }

  /**
   * Waits until a call of the last stage ends, for as long as is measured at most: what lies
   * between two such instants are whole calls, however few.
   */
  private static PipelineSnapshot atTheEndOfACall(
      Pipeline pipeline, CompletableFuture<?> ended, Window window) throws InterruptedException {
    PipelineSnapshot first = pipeline.snapshot();
    PipelineSnapshot now = first;
    long most = window.measured().dividedBy(LOOK);
    for (long i = 0; i < most && Measured.calls(now) == Measured.calls(first); i++) {
      if (comes(ended, LOOK)) {
        return now;
      }
      now = pipeline.snapshot();
    }
    return now;
  }

  private static long done(Pipeline pipeline) {
    return Measured.done(pipeline.snapshot());
  }

  private static CompletableFuture<PipelineResult> ended(Pipeline pipeline) {
    CompletableFuture<PipelineResult> ended = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("forebay-trial")
        .start(() -> {
          try {
            ended.complete(pipeline.await());
          } catch (InterruptedException | RuntimeException e) {
            ended.completeExceptionally(e);
          }
        });
    return ended;
  }

  /** Waits for it so long; whether it came. */
  private static boolean comes(CompletableFuture<?> what, Duration patience)
      throws InterruptedException {
    try {
      what.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }

  private static long allocated() {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
        ? threads.getTotalThreadAllocatedBytes()
        : -1;
  }
}
