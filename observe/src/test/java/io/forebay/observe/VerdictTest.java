package io.forebay.observe;

import static io.forebay.observe.Snapshots.cpu;
import static io.forebay.observe.Snapshots.onFreeCores;
import static io.forebay.observe.Snapshots.run;
import static io.forebay.observe.Snapshots.stage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.forebay.RecordCounts;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.StageKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class VerdictTest {
  static Stream<Arguments> table() {
    return Stream.of(
        arguments(
            "nothing was read",
            new PipelineSnapshot(
                "plant",
                Duration.ofSeconds(1),
                new RecordCounts(0, 0, 0, 0, 0, 0),
                RecordCounts.NONE,
                32,
                32,
                0,
                List.of(),
                List.of(),
                List.of()),
            "The sources gave no records."),
        arguments(
            "the sink limits",
            run(0.9, 0.1, 0.97, cpu(Placement.PROCESSES, 2, 0.12, 1, 0.1)),
            "The sink 'out' was busy 97 % of the time: it limited the run; features used 12 % of 2"
                + " workers."),
        arguments(
            "the sink limits, without stages",
            run(0.9, 0.1, 0.97),
            "The sink 'out' was busy 97 % of the time: it limited the run."),
        arguments(
            "two outputs limit together",
            with(
                run(0.9, 0.1, 0.5, cpu(Placement.PROCESSES, 2, 0.12, 1, 0.1)),
                new SinkSnapshot("deadLetter", 10, 0.31, 3, 9)),
            "The outputs, above all 'out', were busy 81 % of the time: they limited the run;"
                + " features used 12 % of 2 workers."),
        arguments(
            "one of several sinks limits",
            with(
                run(0.9, 0.1, 0.5, cpu(Placement.PROCESSES, 2, 0.12, 1, 0.1)),
                new SinkSnapshot("archive", 10, 0.9, 3, 9)),
            "The sink 'archive' was busy 90 % of the time: it limited the run; features used 12 %"
                + " of 2 workers."),
        arguments(
            "several sinks are half busy at the same time",
            with(
                run(0.9, 0.1, 0.5, cpu(Placement.PROCESSES, 2, 0.12, 1, 0.1)),
                new SinkSnapshot("archive", 10, 0.45, 3, 9)),
            "The sources waited for room 90 % of the time although nothing was busy throughout;"
                + " features used 12 % of 2 workers: allow more batches on their way with more"
                + " slots or a smaller batch."),
        arguments(
            "a stage in processes limits",
            run(0.9, 0.1, 0.2, cpu(Placement.PROCESSES, 2, 0.98, 0.99, 0.01)),
            "The stage 'features' computed 98 % of the time on 2 workers (20 µs a record): it"
                + " limited the run; more workers help while cores are free."),
        arguments(
            "an inline stage limits",
            run(0.9, 0.95, 0.2, cpu(Placement.INLINE, 1, 0.95, 0.99, 0)),
            "The stage 'features' computed 95 % of the time on the dispatcher's thread (9.5 µs a"
                + " record): it limited the run; on: threads or processes would spread it over more"
                + " cores."),
        arguments(
            "a cpu stage waits",
            run(0.9, 0.1, 0.2, onFreeCores(cpu(Placement.THREADS, 4, 0.99, 0.03, 0))),
            "The stage 'features' was in its function 99 % of the time, but used the CPU for only 3"
                + " % of that: it waits, so make it async or blocking."),
        arguments(
            "a cpu stage waits, or has no core, where the system does not tell",
            run(0.9, 0.1, 0.2, cpu(Placement.THREADS, 4, 0.99, 0.03, 0)),
            "The stage 'features' was in its function 99 % of the time, but used the CPU for only 3"
                + " % of that: it waits, or other programs had the cores, which this system does"
                + " not tell apart; if it waits, make it async or blocking."),
        arguments(
            "the border costs more than the function",
            run(0.9, 0.4, 0.5, cpu(Placement.PROCESSES, 2, 0.00055, 0.99, 0.71)),
            "features: 11 ns a record; crossing the process border cost 71 % of its time: run it"
                + " inline."),
        arguments(
            "slow sources, and a costly border that does not matter",
            run(0.1, 0.02, 0.1, cpu(Placement.PROCESSES, 2, 0.01, 0.99, 0.91)),
            "The sources gave no more: every stage waited for records; features used 1 % of 2"
                + " workers; crossing the border cost 91 % of features's time, which does not"
                + " matter here."),
        arguments(
            "the border to threads costs more than the function",
            run(0.9, 0.4, 0.5, cpu(Placement.THREADS, 1, 0.1, 0.99, 0.5)),
            "features: 1 µs a record; crossing the thread border cost 50 % of its time: make its"
                + " batches larger."),
        arguments(
            "the border costs more than the function, in a run that has hardly begun",
            lasting(
                Duration.ofMillis(2_900),
                run(0.9, 0.4, 0.5, cpu(Placement.PROCESSES, 2, 0.5, 1, 0.5))),
            "features: 2.9 µs a record; crossing the process border cost 50 % of its time: most of"
                + " so short a run is starting, a longer one tells what limits it."),
        arguments(
            "handing over limits",
            run(0.9, 0.92, 0.2, cpu(Placement.PROCESSES, 2, 0.3, 0.99, 0.2)),
            "Handing batches over kept the dispatcher busy 92 % of the time: it limited the run;"
                + " make the batches larger."),
        arguments(
            "an async stage limits",
            run(0.9, 0.1, 0.2, stage("lookup", StageKind.ASYNC, Optional.empty(), 64, 0.9, 0, 0)),
            "The stage 'lookup' had all its 64 requests under way 90 % of the time (576 µs a"
                + " record): it limited the run; raise its concurrency."),
        arguments(
            "a blocking stage limits",
            run(
                0.9,
                0.1,
                0.2,
                stage("legacy", StageKind.BLOCKING, Optional.empty(), 16, 0.8, 0, 0)),
            "The stage 'legacy' had all its 16 threads waiting 80 % of the time (128 µs a record):"
                + " it limited the run; give it more threads."),
        arguments(
            "the sources limit",
            run(0.02, 0.1, 0.2, cpu(Placement.PROCESSES, 2, 0.3, 0.99, 0.1)),
            "The sources gave no more: every stage waited for records; features used 30 % of 2"
                + " workers."),
        arguments(
            "the sources limit, without stages",
            run(0.02, 0.1, 0.2),
            "The sources gave no more: the sink waited for records."),
        arguments(
            "nothing limits, but sources waited",
            run(0.8, 0.1, 0.2, cpu(Placement.PROCESSES, 1, 0.3, 0.99, 0.1)),
            "The sources waited for room 80 % of the time although nothing was busy throughout;"
                + " features used 30 % of 1 worker: allow more batches on their way with more slots"
                + " or a smaller batch."),
        arguments(
            "nothing limits clearly",
            run(0.3, 0.1, 0.2, cpu(Placement.PROCESSES, 1, 0.35, 0.99, 0.1)),
            "The sources waited for room 30 % of the time although nothing was busy throughout;"
                + " features used 35 % of 1 worker: the run was too short, or the machine too busy,"
                + " to name one limit."));
  }

  private static PipelineSnapshot lasting(Duration elapsed, PipelineSnapshot run) {
    return new PipelineSnapshot(
        run.name(),
        elapsed,
        run.records(),
        run.earlier(),
        run.slots(),
        run.slotsFree(),
        run.dispatcherBusyShare(),
        run.sources(),
        run.stages(),
        run.sinks());
  }

  private static PipelineSnapshot with(PipelineSnapshot run, SinkSnapshot sink) {
    List<SinkSnapshot> sinks = new ArrayList<>(run.sinks());
    sinks.add(sink);
    return new PipelineSnapshot(
        run.name(),
        run.elapsed(),
        run.records(),
        run.earlier(),
        run.slots(),
        run.slotsFree(),
        run.dispatcherBusyShare(),
        run.sources(),
        run.stages(),
        sinks);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void says_what_limited_the_run(String title, PipelineSnapshot run, String verdict) {
    assertThat(Verdict.of(run)).isEqualTo(verdict);
  }
}
