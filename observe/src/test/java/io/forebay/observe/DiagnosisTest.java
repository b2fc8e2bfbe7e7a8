package io.forebay.observe;

import static io.forebay.observe.Diagnosis.Kind.BORDER;
import static io.forebay.observe.Diagnosis.Kind.COMMIT;
import static io.forebay.observe.Diagnosis.Kind.COMPUTE;
import static io.forebay.observe.Diagnosis.Kind.CONCURRENCY;
import static io.forebay.observe.Diagnosis.Kind.DECODE;
import static io.forebay.observe.Diagnosis.Kind.DISPATCHER;
import static io.forebay.observe.Diagnosis.Kind.GC;
import static io.forebay.observe.Diagnosis.Kind.LARGE_BATCHES;
import static io.forebay.observe.Diagnosis.Kind.LOCK;
import static io.forebay.observe.Diagnosis.Kind.MEMORY;
import static io.forebay.observe.Diagnosis.Kind.NONE;
import static io.forebay.observe.Diagnosis.Kind.RESTARTS;
import static io.forebay.observe.Diagnosis.Kind.SINK;
import static io.forebay.observe.Diagnosis.Kind.SKEW;
import static io.forebay.observe.Diagnosis.Kind.SLOTS;
import static io.forebay.observe.Diagnosis.Kind.SMALL_BATCHES;
import static io.forebay.observe.Diagnosis.Kind.SOURCE;
import static io.forebay.observe.Diagnosis.Kind.SPOOL;
import static io.forebay.observe.Diagnosis.Kind.STARVED;
import static io.forebay.observe.Diagnosis.Kind.WAITS;
import static io.forebay.observe.Diagnosis.Kind.WINDOW;
import static io.forebay.observe.Diagnosis.Kind.WORKERS;
import static io.forebay.observe.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageKind;
import io.forebay.snapshot.WorkerEnds;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pipelines whose bottleneck is known by construction: three of each kind. */
final class DiagnosisTest {
  private static final String FOREBAY = Diagnosis.FOREBAY;

  private static Runs held() {
    return run().sources(0.9, 0, 1);
  }

  static Stream<Arguments> catalogue() {
    return Stream.of(flow(), stages(), workers(), handOver(), outputs()).flatMap(each -> each);
  }

  private static Stream<Arguments> flow() {
    return Stream.of(
        arguments(SOURCE, "hall-a", run()),
        arguments(SOURCE, "hall-a", run().busy(0.6).sources(0.02, 0, 1)),
        arguments(SOURCE, "hall-a", run().busy(0.85).sources(0.03, 0, 1)),
        arguments(DECODE, "hall-a", run().decoding(0.97)),
        arguments(DECODE, "hall-a", run().decoding(0.85).busy(0.5).sources(0.05, 0, 1)),
        arguments(DECODE, "hall-a", run().decoding(1.1).sink(0.5, 0.1)),
        // Workers keep it from a core, or other programs do.
        arguments(DECODE, "hall-a", run().decoding(0.5, 0.45).machine(2, 1.9, 0.05)),
        arguments(STARVED, "hall-a", run().decoding(0.5, 0.45).machine(2, 0.9, 1)),
        arguments(SOURCE, "hall-a", run().decoding(0.1, 0.9).machine(2, 0.9, 1)),
        arguments(WINDOW, FOREBAY, run().sources(0, 0.95, 1).memory(32, 20)),
        arguments(WINDOW, FOREBAY, run().sources(0.1, 0.7, 1).busy(0.5).memory(32, 100)),
        arguments(WINDOW, FOREBAY, run().sources(0, 0.9, 1).sink(0.3, 0.3).memory(32, 20)),
        // Batches are small because no more may be under way.
        arguments(
            WINDOW,
            FOREBAY,
            run()
                .sources(0, 0.9, 1)
                .busy(0.1)
                .transport(0.6)
                .batches(4_000, 20, 0, 1)
                .memory(32, 20)),
        // Commits of few records, because no more may be under way.
        arguments(
            WINDOW,
            FOREBAY,
            run().sources(0, 0.9, 1).sink(0.05, 0.85).commits(20_000).memory(32, 20)),
        // Though commits take long: batches are with workers most of the time.
        arguments(WINDOW, FOREBAY, run().sources(0, 0.9, 1).sink(0.1, 0.4).memory(32, 1_000)),
        arguments(SLOTS, FOREBAY, held().memory(2, 65_536).busy(0.4).occupied(0.45, 0.95)),
        arguments(SLOTS, FOREBAY, held().memory(3, 65_536).busy(0.6).occupied(0.7, 1)),
        arguments(SLOTS, FOREBAY, run().sources(0.6, 0, 1).memory(4, 65_536).busy(0.3)),
        arguments(NONE, FOREBAY, run().lasting(0.2).sources(0.9, 0, 1).busy(0.97)),
        arguments(NONE, FOREBAY, run().sources(0.3, 0, 1).busy(0.4)),
        arguments(NONE, FOREBAY, run().sources(0.4, 0, 1).busy(0.6).sink(0.5, 0)),
        skewedPartition(20, 0.9),
        skewedPartition(100, 0.7),
        skewedPartition(4, 0.95));
  }

  /** One partition waits for its window most of the time, and the others never do. */
  private static Arguments skewedPartition(int partitions, double share) {
    return arguments(SKEW, "hall-a", run().partitions(partitions, share).oneWaits(0.9));
  }

  private static Stream<Arguments> stages() {
    return Stream.of(
        arguments(COMPUTE, "features", held().busy(0.97).machine(4, 3.9, 0.05)),
        arguments(COMPUTE, "features", held().busy(0.8).machine(4, 3.6, 0.1).calls(0.9, 0.08, 0)),
        // Too many workers keep each other from the cores: nobody else does.
        arguments(
            COMPUTE,
            "features",
            held()
                .stage(StageKind.CPU, Placement.PROCESSES, 8)
                .busy(0.99)
                .machine(4, 3.9, 0.1)
                .calls(0.5, 0.48, 0)),
        arguments(WORKERS, "features", held().busy(0.97).machine(16, 4.2, 0.3)),
        arguments(
            WORKERS,
            "features",
            held().stage(StageKind.CPU, Placement.THREADS, 2).busy(0.98).machine(4, 2.2, 0.1)),
        arguments(
            WORKERS,
            "features",
            held().stage(StageKind.CPU, Placement.INLINE, 1).busy(0.95).machine(4, 1.1, 0.1)),
        arguments(WAITS, "features", held().busy(0.99).calls(0.03, 0.01, 0)),
        arguments(
            WAITS,
            "features",
            held().stage(StageKind.CPU, Placement.INLINE, 1).busy(0.97).calls(0.2, 0.02, 0)),
        // Others use the cores, but it does wait.
        arguments(WAITS, "features", held().busy(0.98).calls(0.1, 0.1, 0).machine(4, 0.6, 3.2)),
        // Others have the cores when it wakes up; it hardly needs one.
        arguments(WAITS, "features", held().busy(0.98).calls(0.01, 0.6, 0).machine(4, 0.4, 3.6)),
        arguments(WAITS, "features", held().busy(0.98).calls(0.52, 0.02, 0).machine(4, 2.2, 0.1)),
        arguments(COMPUTE, "features", held().busy(0.98).calls(0.52, 0.1, 0).machine(4, 3.9, 0)),
        arguments(STARVED, "features", held().busy(0.98).calls(0.3, 0.69, 0).machine(4, 1.2, 2.8)),
        arguments(STARVED, "features", held().busy(0.95).calls(0.6, 0.38, 0).machine(4, 2.5, 1.5)),
        arguments(
            STARVED,
            "features",
            held().busy(0.95).calls(0.5, 0.48, 0).machine(4, 2, 0.1).throttled(0.6)),
        arguments(LOCK, "features", held().busy(0.98).calls(0.25, 0.01, 0.7)),
        arguments(
            LOCK,
            "features",
            held().stage(StageKind.CPU, Placement.THREADS, 8).busy(0.98).calls(0.12, 0.02, 0.8)),
        arguments(LOCK, "features", held().busy(0.9).calls(0.5, 0.02, 0.45)),
        arguments(GC, "features", held().busy(0.98).collecting(0.6).calls(0.4, 0.01, 0)),
        arguments(GC, "features", held().busy(0.8).collecting(0.3).calls(0.6, 0.1, 0)),
        arguments(
            GC,
            "features",
            held().busy(0.95).collecting(0.5).calls(0.3, 0.3, 0).machine(4, 2, 1.9)),
        arguments(
            CONCURRENCY,
            "features",
            held().stage(StageKind.ASYNC, Placement.INLINE, 64).busy(0.97)),
        arguments(
            CONCURRENCY,
            "features",
            held().stage(StageKind.BLOCKING, Placement.INLINE, 16).busy(0.9)),
        arguments(
            CONCURRENCY,
            "features",
            held().stage(StageKind.ASYNC, Placement.INLINE, 2).busy(0.99).machine(4, 0.2, 3.5)));
  }

  private static Stream<Arguments> workers() {
    long second = 1_000_000_000;
    return Stream.of(
        arguments(
            MEMORY,
            "features",
            held().busy(0.4).occupied(0.8, 1).ends(new WorkerEnds(12, 0, 0, 0, 0, 0, 8 * second))),
        arguments(
            MEMORY,
            "features",
            held().busy(0.2).occupied(0.9, 1).ends(new WorkerEnds(5, 1, 0, 0, 2, 0, 2 * second))),
        arguments(
            MEMORY,
            "features",
            held()
                .batches(10, 1_000, 0, 900)
                .busy(0.3)
                .occupied(0.98, 1)
                .ends(new WorkerEnds(7, 0, 0, 0, 0, 0, second))),
        arguments(
            RESTARTS,
            "features",
            held().busy(0.3).occupied(0.7, 1).ends(new WorkerEnds(0, 0, 0, 20, 0, 0, 12 * second))),
        arguments(
            RESTARTS,
            "features",
            held().busy(0.1).occupied(0.9, 1).ends(new WorkerEnds(0, 9, 0, 0, 0, 0, 4 * second))),
        arguments(
            RESTARTS,
            "features",
            held()
                .batches(900, 1_000, 0, 900)
                .busy(0.5)
                .occupied(0.8, 1)
                .ends(new WorkerEnds(0, 0, 8, 0, 4, 0, 3 * second))),
        // They end all the time, which costs little beside what they compute in vain.
        arguments(
            RESTARTS,
            "features",
            held().busy(0.9).machine(4, 3.9, 0).ends(new WorkerEnds(0, 0, 0, 30, 0, 0, second))),
        // A few ends in a long run cost nothing: the function does.
        arguments(
            COMPUTE,
            "features",
            held().busy(0.95).machine(4, 3.9, 0).ends(new WorkerEnds(0, 0, 0, 3, 0, 0, second))),
        // One kind of record has most of the time.
        arguments(
            SKEW,
            "features",
            held().busy(0.4).occupied(0.42, 0.98).slowestTenth(0.7).batches(200, 1_000, 0, 4)),
        arguments(
            LARGE_BATCHES,
            "features",
            run()
                .stage(StageKind.CPU, Placement.PROCESSES, 8)
                .sources(0, 0, 0.05)
                .batches(2, 20_000, 20_000, 9_000)
                .busy(0.22)
                .occupied(0.23, 0.92)),
        arguments(
            LARGE_BATCHES,
            "features",
            run()
                .sources(0, 0, 0.1)
                .batches(1, 50_000, 50_000, 8_500)
                .busy(0.21)
                .occupied(0.22, 0.88)),
        arguments(
            LARGE_BATCHES,
            "features",
            run()
                .stage(StageKind.CPU, Placement.THREADS, 6)
                .sources(0.5, 0, 0.3)
                .batches(5, 20_000, 20_000, 3_000)
                .busy(0.3)
                .occupied(0.3, 0.8)));
  }

  private static Stream<Arguments> handOver() {
    return Stream.of(
        arguments(BORDER, "features", cheap(0.02, 0.7, 1_000_000)),
        arguments(BORDER, "features", cheap(0.1, 0.45, 8_000_000)),
        arguments(
            BORDER,
            "features",
            cheap(0.05, 0.8, 4_000_000).stage(StageKind.CPU, Placement.THREADS, 4)),
        arguments(
            SMALL_BATCHES,
            "features",
            held().busy(0.3).transport(0.6).batches(100_000, 10, 10, 0.1)),
        arguments(
            SMALL_BATCHES,
            "features",
            held().busy(0.4).dispatcher(0.9).batches(400_000, 1, 1, 0.02)),
        arguments(
            SMALL_BATCHES,
            "features",
            held().busy(0.4).dispatcher(0.8).batches(200_000, 50, 50, 0.05)),
        arguments(
            DISPATCHER, FOREBAY, held().busy(0.3).dispatcher(0.92).batches(20_000, 1_000, 0, 0.5)),
        arguments(
            DISPATCHER, FOREBAY, held().busy(0.5).dispatcher(0.85).batches(9_000, 4_000, 0, 2)),
        arguments(
            DISPATCHER, FOREBAY, held().busy(0.1).dispatcher(0.99).batches(50_000, 300, 0, 0.1)));
  }

  private static Runs cheap(double busy, double transport, long records) {
    return held().busy(busy).transport(transport).batches(records / 500, 500, 0, 0.01);
  }

  private static Stream<Arguments> outputs() {
    return Stream.of(
        arguments(SINK, "out", held().sink(0.95, 0.02)),
        arguments(SINK, "out", held().sink(0.6, 0.2).busy(0.7)),
        arguments(SINK, "out", run().sources(0, 0.9, 1).sink(0.9, 0.05).memory(32, 1_000)),
        arguments(COMMIT, "out", held().sink(0.05, 0.93)),
        arguments(COMMIT, "out", held().sink(0.3, 0.5).busy(0.5)),
        arguments(COMMIT, "out", run().sources(0, 0.95, 1).sink(0.1, 0.8).memory(32, 1_000)),
        // A window that is full waits for the next commit.
        arguments(
            COMMIT,
            "out",
            run().sources(0, 0.9, 1).sink(0.1, 0.4).occupied(0.2, 0.3).memory(32, 1_000)),
        arguments(SPOOL, "out", held().sink(0.97, 0.01).spool(64L << 20)),
        arguments(SPOOL, "out", held().sink(0.8, 0.1).spool(1L << 30).busy(0.4)),
        arguments(SPOOL, "out", held().sink(0.9, 0.02).spool(4L << 20).busy(0.7)));
  }

  @ParameterizedTest(name = "{0} of {1}, {index}")
  @MethodSource("catalogue")
  void names_what_limits_by_construction(Diagnosis.Kind kind, String part, Runs run) {
    Diagnosis diagnosis = Causes.of(run.snapshot()).getFirst();

    assertThat(diagnosis.kind()).as(diagnosis.toString()).isEqualTo(kind);
    assertThat(diagnosis.part()).isEqualTo(part);
    assertThat(diagnosis.share()).isBetween(0.0, 1.0);
    assertThat(diagnosis.gain().factor())
        .isBetween(diagnosis.gain().low(), diagnosis.gain().high());
    assertThat(diagnosis.sentence()).endsWith(".");
  }

  @Test
  void every_kind_is_in_the_catalogue_three_times() {
    var counts =
        catalogue().collect(Collectors.groupingBy(each -> each.get()[0], Collectors.counting()));
    Set<Diagnosis.Kind> rare = EnumSet.allOf(Diagnosis.Kind.class);
    rare.removeIf(kind -> counts.getOrDefault(kind, 0L) >= 3);

    assertThat(rare).isEmpty();
  }

  @Test
  void advice_names_the_value_when_memory_ends_workers() {
    Diagnosis diagnosis =
        Causes.of(
                held()
                    .busy(0.4)
                    .occupied(0.9, 1)
                    .ends(new WorkerEnds(12, 0, 0, 0, 0, 0, 8_000_000_000L))
                    .snapshot())
            .getFirst();

    assertThat(diagnosis.advice()).isEqualTo("stages:\n  - name: features\n    memory: 512MiB");
    assertThat(diagnosis.sentence()).contains("12 out of memory", "512MiB instead of 256MiB");
    assertThat(diagnosis.gain().factor()).isGreaterThan(1.5);
  }

  @Test
  void advice_names_the_value_when_calls_time_out() {
    Diagnosis diagnosis =
        Causes.of(
                held()
                    .busy(0.1)
                    .occupied(0.9, 1)
                    .ends(new WorkerEnds(0, 9, 0, 0, 0, 0, 0))
                    .snapshot())
            .getFirst();

    assertThat(diagnosis.advice()).isEqualTo("stages:\n  - name: features\n    timeout: 120s");
  }

  @Test
  void names_parts_that_were_busy_one_after_the_other() {
    assertThat(Causes.of(held().busy(0.5).sink(0.4, 0.01).machine(4, 3, 1).snapshot()))
        .extracting(Diagnosis::kind)
        .containsExactly(COMPUTE, SINK);
  }

  @Test
  void predicts_what_threads_bring_when_a_function_that_waits_runs_inline() {
    Diagnosis diagnosis =
        Causes.of(
                held()
                    .stage(StageKind.CPU, Placement.INLINE, 1)
                    .busy(0.95)
                    .dispatcher(0.97)
                    .calls(0.02, 0.01, 0)
                    .snapshot())
            .getFirst();

    assertThat(diagnosis.kind()).isEqualTo(WAITS);
    assertThat(diagnosis.gain().factor()).isBetween(3.5, 4.5);
  }

  @Test
  void says_that_a_short_run_tells_nothing_when_its_first_calls_had_the_time() {
    Runs cold = held().busy(0.8).calls(0.2, 0.02, 0).slowestTenth(0.9);

    assertThat(Causes.of(cold.lasting(2).snapshot()).getFirst())
        .satisfies(told -> {
          assertThat(told.kind()).isEqualTo(NONE);
          assertThat(told.sentence()).contains("90 % of that in a tenth of its calls", "so short");
        });
    assertThat(Causes.of(cold.slowestTenth(0.12).snapshot()).getFirst().kind()).isEqualTo(WAITS);
  }
}
