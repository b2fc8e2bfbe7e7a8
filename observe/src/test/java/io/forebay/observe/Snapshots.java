package io.forebay.observe;

import io.forebay.RecordCounts;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageKind;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.snapshot.StageTimes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Snapshots of runs of 10 s with 1,000,000 records. */
final class Snapshots {
  static final long RECORDS = 1_000_000;

  private Snapshots() {}

  static PipelineSnapshot run(
      double sourceBlocked, double dispatcherBusy, double sinkBusy, StageSnapshot... stages) {
    return new PipelineSnapshot(
        "plant",
        Duration.ofSeconds(10),
        new RecordCounts(RECORDS, RECORDS - 13, 10, 2, 0, 1),
        RecordCounts.NONE,
        32,
        30,
        dispatcherBusy,
        List.of(new SourceSnapshot("hall-a", RECORDS, sourceBlocked, true)),
        List.of(stages),
        List.of(new SinkSnapshot("out", RECORDS - 13, sinkBusy, 100, 1.5)));
  }

  static StageSnapshot cpu(Placement on, int workers, double busy, double cpu, double transport) {
    return stage("features", StageKind.CPU, Optional.of(on), workers, busy, cpu, transport);
  }

  static StageSnapshot stage(
      String name,
      StageKind kind,
      Optional<Placement> on,
      int workers,
      double busy,
      double cpu,
      double transport) {
    return new StageSnapshot(
        name,
        kind,
        on,
        workers,
        RECORDS,
        RECORDS - 2,
        2_000,
        481,
        1_024,
        0.02,
        0.11,
        0.1,
        120.4,
        busy,
        cpu,
        transport,
        1,
        0);
  }

  /** The same stage, whose calls are known to have had a core whenever they could run. */
  static StageSnapshot onFreeCores(StageSnapshot stage) {
    long cpu = Math.round(1_000_000 * stage.cpuShare());
    return Runs.with(stage, new StageTimes(0, 1_000_000, cpu, 0, 0, 0, 0, 0, 0, -1, 0));
  }
}
