package io.forebay.faults;

import static io.forebay.observe.Diagnosis.Kind.COMMIT;
import static io.forebay.observe.Diagnosis.Kind.CONCURRENCY;
import static io.forebay.observe.Diagnosis.Kind.DISPATCHER;
import static io.forebay.observe.Diagnosis.Kind.LARGE_BATCHES;
import static io.forebay.observe.Diagnosis.Kind.LOCK;
import static io.forebay.observe.Diagnosis.Kind.RESTARTS;
import static io.forebay.observe.Diagnosis.Kind.SINK;
import static io.forebay.observe.Diagnosis.Kind.SKEW;
import static io.forebay.observe.Diagnosis.Kind.SLOTS;
import static io.forebay.observe.Diagnosis.Kind.SOURCE;
import static io.forebay.observe.Diagnosis.Kind.WAITS;
import static io.forebay.observe.Diagnosis.Kind.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineBuilder;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.Stage;
import io.forebay.observe.Causes;
import io.forebay.observe.Diagnosis;
import io.forebay.snapshot.Placement;
import io.forebay.testkit.RecordingDeadLetters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Pipelines whose bottleneck is known by construction are run, all at the same time: none of them
 * needs a core. At least 95 % of the diagnoses have to be right, which of so few is all.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class DiagnosedRunTest {
  private record Case(Diagnosis.Kind kind, String part, PipelineBuilder pipeline) {
    String run() throws InterruptedException {
      try (Pipeline running = pipeline.build()) {
        Diagnosis found = Causes.of(running.run().snapshot()).getFirst();
        return found.kind() == kind && found.part().equals(part)
            ? ""
            : kind.label() + " of " + part + ", but was told: " + found;
      }
    }
  }

  /** Takes so many milliseconds to write a batch, and to commit. */
  private record SlowSink(long writing, long committing) implements Sink {
    private static void idle(long millis) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      while (System.nanoTime() - end < 0) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
    }

    @Override
    public Optional<Progress> recover() {
      return Optional.empty();
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public void write(Batch batch) {
      idle(writing);
    }

    @Override
    public void commit(Progress progress) {
      idle(committing);
    }

    @Override
    public boolean effectivelyOnce() {
      return false;
    }

    @Override
    public void close() {}
  }

  private static PipelineBuilder pipeline(long records, double rate, Sink sink) {
    return Pipeline.builder("diagnosed")
        .source("sensors", new SimulatedSource(1, records, rate, 1))
        .forebay(32, 1 << 16)
        .sink("out", sink)
        .deadLetters(new RecordingDeadLetters());
  }

  private static PipelineBuilder pipeline(long records) {
    return pipeline(records, 0, new SlowSink(0, 0));
  }

  private static Stage.Cpu threads(Class<?> function, int workers, int batch) {
    return Stage.cpu("stage", function)
        .on(Placement.THREADS)
        .workers(workers)
        .batch(BatchSize.of(batch));
  }

  private static Stage.Cpu inline(String name) {
    return Stage.cpu(name, IdleFunctions.Waits.class).on(Placement.INLINE).batch(BatchSize.of(100));
  }

  private static Stage.Cpu cheap(String name) {
    return Stage.cpu(name, KnownFunctions.Cheap.class).on(Placement.THREADS).workers(2);
  }

  private static List<Case> catalogue() {
    return List.of(
        new Case(SOURCE, "sensors", pipeline(2_000, 1_000, new SlowSink(0, 0))),
        new Case(SINK, "out", pipeline(30_000, 0, new SlowSink(20, 0)).forebay(8, 1 << 14)),
        new Case(COMMIT, "out", pipeline(8_000, 0, new SlowSink(0, 250)).window(1_000)),
        new Case(
            WAITS, "stage", pipeline(20_000).stage(threads(IdleFunctions.Waits.class, 2, 100))),
        new Case(LOCK, "stage", pipeline(10_000).stage(threads(IdleFunctions.Locks.class, 4, 100))),
        new Case(
            SLOTS,
            Diagnosis.FOREBAY,
            pipeline(10_000).forebay(2, 1 << 16).stage(threads(IdleFunctions.Waits.class, 4, 100))),
        new Case(
            WINDOW,
            Diagnosis.FOREBAY,
            pipeline(2_000).window(20).stage(threads(IdleFunctions.Waits.class, 4, 100))),
        new Case(
            LARGE_BATCHES,
            "stage",
            pipeline(10_000)
                .forebay(16, 1 << 20)
                .stage(threads(IdleFunctions.WaitsLong.class, 8, 5_000))),
        // Each commit is of the 20 records that may be under way.
        new Case(WINDOW, Diagnosis.FOREBAY, pipeline(1_500, 0, new SlowSink(0, 20)).window(20)),
        new Case(
            SKEW,
            "sensors",
            pipeline(2_000)
                .source("quiet", new SimulatedSource(9, 9, 40, 1))
                .window(20)
                .stage(threads(IdleFunctions.Waits.class, 2, 100))),
        new Case(WAITS, "b", pipeline(8_000).stage(cheap("a")).stage(inline("b"))),
        new Case(
            DISPATCHER,
            Diagnosis.FOREBAY,
            pipeline(3_000).stage(inline("a")).stage(inline("b")).stage(inline("c"))),
        new Case(
            CONCURRENCY,
            "stage",
            pipeline(400).stage(Stage.async("stage", IdleFunctions.Answers.class).concurrency(4))));
  }

  /** Workers have to start again and again, which takes its time. */
  private static Case restarts() {
    return new Case(
        RESTARTS,
        "stage",
        pipeline(1_500).stage(threads(IdleFunctions.Dies.class, 2, 100).on(Placement.PROCESSES)));
  }

  @Test
  @EnabledIfSystemProperty(named = "forebay.long", matches = "true")
  void tells_that_workers_die_when_they_do() throws InterruptedException {
    assertThat(restarts().run()).isEmpty();
  }

  @Test
  void tells_what_limits_when_it_is_known_by_construction() throws Exception {
    Map<Case, Future<String>> runs = new LinkedHashMap<>();
    List<String> wrong = new ArrayList<>();
    try (ExecutorService together = Executors.newCachedThreadPool()) {
      for (Case each : catalogue()) {
        Callable<String> run = each::run;
        runs.put(each, together.submit(run));
      }
      for (Future<String> run : runs.values()) {
        if (!run.get().isEmpty()) {
          wrong.add(run.get());
        }
      }
    }
    System.out.printf("%d of %d diagnoses are right%n", runs.size() - wrong.size(), runs.size());

    assertThat(wrong).isEmpty();
  }
}
