package io.forebay.dashboard;

import io.forebay.RecordCounts;
import io.forebay.SourceState;
import io.forebay.snapshot.DeadLetterReason;
import io.forebay.snapshot.EndedWorker;
import io.forebay.snapshot.EngineTimes;
import io.forebay.snapshot.HostTimes;
import io.forebay.snapshot.Latency;
import io.forebay.snapshot.PipelineSettings;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.Punctuality;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.SourceTimes;
import io.forebay.snapshot.StageKind;
import io.forebay.snapshot.StageSettings;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.snapshot.StageTimes;
import io.forebay.snapshot.WorkerEnds;
import io.forebay.snapshot.WorkerSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Snapshots of a run that reads 1,000 records a second from each source. */
final class Runs {
  private Runs() {}

  static PipelineSnapshot plant(int seconds) {
    return plant(seconds, 1, "");
  }

  static PipelineSnapshot plant(int seconds, int sources, String sinkAway) {
    long each = seconds * 1_000L;
    long read = each * sources;
    return new PipelineSnapshot(
        "plant",
        Duration.ofSeconds(seconds),
        new RecordCounts(read, read - 17L * sources, 10L * sources, 5L * sources, 0, 2L * sources),
        RecordCounts.NONE,
        32,
        30,
        0.25,
        IntStream.range(0, sources)
            .mapToObj(i ->
                new SourceSnapshot(
                    i == 0 ? "hall \"a\"\\\n" : "hall-" + i,
                    each,
                    0.5,
                    false,
                    Optional.of(SourceState.CONNECTED),
                    "listens on port " + (1_000 + i),
                    new SourceTimes(seconds * 500_000_000L, 0, seconds * 1_000_000_000L, 1, 1),
                    each * 40))
            .toList(),
        List.of(
            new StageSnapshot(
                "features",
                StageKind.CPU,
                Optional.of(Placement.PROCESSES),
                16,
                read,
                read - 5,
                seconds * 10L,
                100,
                400,
                20,
                55.5,
                0.1,
                7,
                0.5,
                0.99,
                0.01,
                3,
                1,
                0,
                new StageTimes(
                    seconds * 8_000_000_000L,
                    0,
                    0,
                    StageTimes.UNKNOWN,
                    StageTimes.UNKNOWN,
                    StageTimes.UNKNOWN,
                    0,
                    0,
                    0,
                    StageTimes.UNKNOWN,
                    seconds * 2_000_000_000L),
                WorkerEnds.NONE,
                StageSettings.NONE,
                read * 40,
                read * 56,
                List.of(
                    new WorkerSnapshot(
                        0,
                        WorkerSnapshot.State.BUSY,
                        4_711,
                        100,
                        20_000_000,
                        5,
                        read / 2,
                        3_000_000_000L,
                        1),
                    new WorkerSnapshot(
                        1, WorkerSnapshot.State.STARTING, 0, 0, 0, 5, read / 2, 2_500_000_000L, 2)),
                List.of())),
        List.of(
            new SinkSnapshot("out", read - 17, 0.125, seconds, 1.5, 2, sinkAway),
            new SinkSnapshot("deadLetter", 10, 0, 1, 0.5)),
        PipelineSettings.NONE,
        EngineTimes.NONE,
        HostTimes.UNKNOWN,
        new Latency.Both(latency(read), Latency.NONE),
        List.of(new Punctuality("dispatcher", latency(seconds * 100L), 1)),
        List.of());
  }

  /**
   * The same with all that can go wrong: 16 workers, of which eight have ended, and bad records.
   */
  static PipelineSnapshot inTrouble(int seconds, int sources) {
    PipelineSnapshot plant = plant(seconds, sources, "no route to the host db.example.com:5432");
    StageSnapshot stage = plant.stages().getFirst();
    return new PipelineSnapshot(
        plant.name(),
        plant.elapsed(),
        plant.records(),
        plant.earlier(),
        plant.slots(),
        0,
        plant.dispatcherBusyShare(),
        plant.sources(),
        List.of(
            new StageSnapshot(
                stage.name(),
                stage.kind(),
                stage.on(),
                stage.workers(),
                stage.recordsIn(),
                stage.recordsOut(),
                stage.batches(),
                stage.batchRowsP50(),
                stage.batchRowsMax(),
                stage.serviceMsP50(),
                stage.serviceMsP99(),
                stage.waitMsP50(),
                stage.waitMsP99(),
                stage.busyShare(),
                stage.cpuShare(),
                stage.transportShare(),
                stage.restarts(),
                stage.timeouts(),
                stage.slowestTenthShare(),
                stage.times(),
                stage.ends(),
                stage.settings(),
                stage.bytesIn(),
                stage.bytesOut(),
                IntStream.range(0, 16).mapToObj(place -> worker(place, seconds)).toList(),
                IntStream.range(0, 8).mapToObj(i -> ended(57 - i, seconds)).toList())),
        plant.sinks(),
        plant.settings(),
        plant.engine(),
        plant.host(),
        plant.latency(),
        plant.heartbeats(),
        List.of(
            reason(
                "features",
                "the function Features threw java.lang.IllegalStateException:"
                    + " the window of 's17' has 3 values, and 1024 are needed",
                8),
            reason("", "'12a' is no number, in column 'value'", 2),
            reason("model", "the sensor hunter2 is off", 1)));
  }

  private static WorkerSnapshot worker(int place, int seconds) {
    WorkerSnapshot.State state = List.of(WorkerSnapshot.State.values()).get(place % 4);
    boolean busy = state == WorkerSnapshot.State.BUSY;
    long cpu = seconds * (60_000_000L * place + 50_000_000);
    return new WorkerSnapshot(
        place,
        state,
        state == WorkerSnapshot.State.STARTING ? 0 : 4_711 + place,
        busy ? 100 * place : 0,
        busy ? 1_250_000_000L * place : 0,
        seconds,
        seconds * 100L,
        cpu,
        place % 4);
  }

  private static EndedWorker ended(int number, int seconds) {
    return new EndedWorker(
        number,
        "features worker-" + (number % 16 + 1),
        4_000 + number,
        "crashed",
        "crashed in native code with SIGSEGV, in C [libfft.so+0x11d]  fft_execute+0x1d",
        "look at the native library that the function calls",
        "exit code 134\nlast lines printed:\n  loading model number "
            + number
            + "\n  <b>done</b>: the password is hunter2",
        1,
        Duration.ofSeconds(Math.max(0, seconds - number / 10)));
  }

  private static DeadLetterReason reason(String stage, String reason, long count) {
    return new DeadLetterReason(
        stage, reason, count, "hall-a", "s17", 4_711, Duration.ofMillis(2_500));
  }

  /** Half of them took 20 ms, the others 70 ms. */
  private static Latency latency(long records) {
    return new Latency(
        records,
        0,
        20,
        70,
        70,
        70,
        records * 0.045,
        Latency.BOUNDS_SECONDS.stream()
            .map(bound -> bound < 0.02 ? 0 : bound < 0.07 ? records / 2 : records)
            .toList());
  }
}
