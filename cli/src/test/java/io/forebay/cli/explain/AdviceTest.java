package io.forebay.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cli.explain.StageReport.BatchPoint;
import io.forebay.cli.explain.StageReport.Nature;
import io.forebay.cli.explain.StageReport.Place;
import io.forebay.cli.trial.StageCost;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageTimes;
import io.forebay.workers.api.FunctionSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The lecture's decision rule on figures that are known. */
final class AdviceTest {
  private static final int CORES = 4;
  private static final Stage.Cpu JAVA = Stage.cpu("f", "com.acme.F").workers(2);

  /** A thousand records in ten batches. */
  private static StageCost cost(double nanosPerRecord, double cpuShare, double feedNanos) {
    long wall = Math.round(1_000 * nanosPerRecord);
    StageTimes times =
        new StageTimes(
            wall,
            wall,
            Math.round(wall * cpuShare),
            0,
            StageTimes.UNKNOWN,
            StageTimes.UNKNOWN,
            Math.round(1_000 * feedNanos),
            wall,
            wall,
            StageTimes.UNKNOWN,
            0);
    return new StageCost(1_000, 10, times, wall);
  }

  private static StageReport report(
      Stage stage, Nature nature, StageCost cost, List<Place> places, List<BatchPoint> batches) {
    return new StageReport(
        stage, Optional.empty(), List.of(), nature, cost, -1, places, batches, Optional.empty(), 0);
  }

  private static Advice computing(Stage.Cpu stage, double nanosPerRecord, BatchPoint... batches) {
    StageCost cost = cost(nanosPerRecord, 0.98, 40);
    return Advice.of(report(stage, Nature.COMPUTES, cost, List.of(), List.of(batches)), CORES);
  }

  private static Advice waiting(Stage stage, Nature nature, double now, double more) {
    StageCost cost = cost(5e6, 0.01, 0);
    int waiting = stage instanceof Stage.Async async ? async.concurrency() : 16;
    List<Place> places =
        List.of(
            new Place(Optional.empty(), waiting, now, cost),
            new Place(Optional.empty(), 4 * waiting, more, cost));
    return Advice.of(report(stage, nature, cost, places, List.of()), CORES);
  }

  private static List<String> lines(Advice advice) {
    return advice.change().map(Change::yaml).orElse(List.of());
  }

  @Test
  void runs_a_function_inline_when_it_takes_less_than_feeding_it() {
    Advice advice = computing(JAVA, 11);
    assertThat(advice.sentence())
        .startsWith(
            "f: 11 ns a record. A process pool costs 40 ns a record to feed. Run it inline");
    assertThat(lines(advice)).containsExactly("stages:", "  - name: f", "    on: inline");
    assertThat(advice.change().orElseThrow().dropped()).contains("workers", "timeout", "memory");
  }

  @Test
  void changes_nothing_when_a_cheap_function_is_inline_already() {
    Advice advice = computing(JAVA.on(Placement.INLINE), 11);
    assertThat(advice.sentence()).contains("would cost 40 ns", "Inline is its tool.");
    assertThat(advice.change()).isEmpty();
  }

  @Test
  void gives_a_function_that_computes_a_worker_for_each_core() {
    Advice advice = computing(JAVA, 50_000);
    assertThat(advice.tool()).isEqualTo("process pool");
    assertThat(lines(advice)).contains("    workers: 4");
    assertThat(computing(JAVA.workers(4), 50_000).change()).isEmpty();
  }

  @Test
  void takes_a_function_that_computes_off_the_dispatcher_when_there_are_cores() {
    Advice advice = computing(JAVA.on(Placement.INLINE), 50_000);
    assertThat(lines(advice)).contains("    on: threads", "    workers: 4");
    StageCost cost = cost(50_000, 0.98, 40);
    StageReport report =
        report(JAVA.on(Placement.INLINE), Nature.COMPUTES, cost, List.of(), List.of());
    assertThat(Advice.of(report, 1).change()).isEmpty();
  }

  @Test
  void makes_batches_larger_when_calls_are_mostly_overhead() {
    BatchPoint[] points = {
      new BatchPoint(1, 60_000, 40_000, 1), new BatchPoint(1_000, 10_050_000, 40_000, 1)
    };
    Stage.Cpu small = JAVA.workers(4).batch(BatchSize.of(2));
    Advice advice = computing(small, 10_000, points);
    assertThat(advice.sentence()).contains("larger batches", "of a call of 2 records 8");
    assertThat(lines(advice)).contains("    batch: auto");
    assertThat(computing(small.batch(BatchSize.of(1_000)), 10_000, points).change()).isEmpty();
  }

  @Test
  void lets_threads_wait_when_a_java_function_blocks() {
    StageCost cost = cost(10e6, 0.01, 40);
    Advice advice = Advice.of(report(JAVA, Nature.BLOCKS, cost, List.of(), List.of()), CORES);
    assertThat(advice.tool()).isEqualTo("thread pool");
    assertThat(advice.sentence()).contains("uses the CPU for only 1 %", "Async if");
    assertThat(lines(advice)).contains("    blocking: com.acme.F", "    threads: 100");
    assertThat(advice.change().orElseThrow().dropped()).contains("on", "batch", "workers");
  }

  @Test
  void gives_a_python_function_that_blocks_more_workers() {
    Stage.Cpu python = Stage.cpu("f", FunctionSpec.of("python:m.f")).workers(2);
    StageCost cost = cost(10e6, 0.01, 40);
    Advice advice = Advice.of(report(python, Nature.BLOCKS, cost, List.of(), List.of()), CORES);
    assertThat(lines(advice)).contains("    workers: 16");
  }

  @Test
  void never_runs_a_python_function_inline() {
    Stage.Cpu python = Stage.cpu("f", FunctionSpec.of("python:m.f")).workers(4);
    assertThat(computing(python, 500).tool()).isEqualTo("process pool");
    assertThat(computing(python, 500).change()).isEmpty();
  }

  @Test
  void lets_more_records_wait_when_that_is_faster() {
    Advice async = waiting(Stage.async("f", "com.acme.F"), Nature.WAITS, 10_000, 39_000);
    assertThat(async.tool()).isEqualTo("async");
    assertThat(lines(async)).contains("    concurrency: 256");
    assertThat(async.sentence()).contains("3.9 times as fast");
    Advice blocking = waiting(Stage.blocking("f", "com.acme.F"), Nature.BLOCKS, 1_000, 3_000);
    assertThat(blocking.tool()).isEqualTo("thread pool");
    assertThat(lines(blocking)).contains("    threads: 64");
  }

  @Test
  void lets_no_more_records_wait_when_that_brings_nothing() {
    assertThat(waiting(Stage.async("f", "com.acme.F"), Nature.WAITS, 10_000, 10_500).change())
        .isEmpty();
    assertThat(waiting(Stage.blocking("f", "com.acme.F"), Nature.BLOCKS, 100, 90).change())
        .isEmpty();
  }

  @Test
  void names_cpu_when_a_blocking_stage_computes() {
    Advice advice = waiting(Stage.blocking("f", "com.acme.F"), Nature.COMPUTES, 100, 400);
    assertThat(advice.tool()).isEqualTo("process pool");
    assertThat(advice.sentence()).contains("name it with cpu");
  }
}
