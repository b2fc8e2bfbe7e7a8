package io.forebay.observe;

import io.forebay.RecordCounts;
import io.forebay.snapshot.EndedWorker;
import io.forebay.snapshot.EngineTimes;
import io.forebay.snapshot.HostTimes;
import io.forebay.snapshot.Latency;
import io.forebay.snapshot.PipelineSettings;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SinkTimes;
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

/**
 * A run of so many seconds with everything that is measured, by shares of the time: what is not
 * said is idle. One source, at most one stage, one sink.
 */
final class Runs {
  private static final double SECOND = 1e9;

  private double seconds = 10;
  private int cores = 4;
  private double others;
  private double throttled;
  private double own = 1;
  private double room;
  private double credit;
  private double ended = 1;
  private int partitions = 1;
  private int waiting;
  private double busiestShare = 1;
  private double dispatcher = 0.05;
  private double ingestCores = 0.05;
  private double ingestDelay;
  private long commits = 100;
  private double write = 0.05;
  private double commit = 0.01;
  private long backlog = -1;
  private int slots = 32;
  private int window = 65_536;
  private StageKind kind = StageKind.CPU;
  private Placement on = Placement.PROCESSES;
  private int workers = 4;
  private double busy = 0.1;
  private double occupied = -1;
  private double active = 1;
  private double cpu = 0.98;
  private double delay = 0.01;
  private double lock;
  private double gc;
  private double transport = 0.02;
  private long rowsP50 = 1_000;
  private long batches = 1_000;
  private int batch;
  private double serviceMs = 20;
  private double slowest = 0.12;
  private WorkerEnds ends = WorkerEnds.NONE;

  static Runs run() {
    return new Runs();
  }

  Runs lasting(double secondsOfRun) {
    seconds = secondsOfRun;
    return this;
  }

  Runs machine(int ofCores, double ownCores, double othersCores) {
    cores = ofCores;
    own = ownCores;
    others = othersCores;
    return this;
  }

  Runs throttled(double share) {
    throttled = share;
    return this;
  }

  /** Sources waited for room, and for credit; and had come to their end after so much of it. */
  Runs sources(double forRoom, double forCredit, double endedAfter) {
    room = forRoom;
    credit = forCredit;
    ended = endedAfter;
    return this;
  }

  Runs partitions(int count, double shareOfBusiest) {
    partitions = count;
    busiestShare = shareOfBusiest;
    return this;
  }

  Runs decoding(double onCores) {
    ingestCores = onCores;
    return this;
  }

  /** The same, and without a core for so much of the time. */
  Runs decoding(double onCores, double withoutCore) {
    ingestCores = onCores;
    ingestDelay = withoutCore;
    return this;
  }

  Runs commits(long count) {
    commits = count;
    return this;
  }

  Runs dispatcher(double share) {
    dispatcher = share;
    return this;
  }

  Runs sink(double writing, double committing) {
    write = writing;
    commit = committing;
    return this;
  }

  Runs spool(long bytes) {
    backlog = bytes;
    return this;
  }

  Runs memory(int ofSlots, int ofWindow) {
    slots = ofSlots;
    window = ofWindow;
    return this;
  }

  Runs stage(StageKind ofKind, Placement where, int ofWorkers) {
    kind = ofKind;
    on = where;
    workers = ofWorkers;
    return this;
  }

  Runs busy(double share) {
    busy = share;
    return this;
  }

  /** One of the partitions waits for its window, the others never do. */
  Runs oneWaits(double share) {
    credit = share;
    waiting = 1;
    return this;
  }

  /** Workers had a batch for this share of their time, and at least one had for that one. */
  Runs occupied(double share, double activeShare) {
    occupied = share;
    active = activeShare;
    return this;
  }

  /** Of the time in the function. */
  Runs calls(double onCpu, double withoutCore, double forLocks) {
    cpu = onCpu;
    delay = withoutCore;
    lock = forLocks;
    return this;
  }

  Runs collecting(double share) {
    gc = share;
    return this;
  }

  Runs transport(double share) {
    transport = share;
    return this;
  }

  Runs batches(long count, long rows, int fixed, double millis) {
    batches = count;
    rowsP50 = rows;
    batch = fixed;
    serviceMs = millis;
    return this;
  }

  Runs slowestTenth(double share) {
    slowest = share;
    return this;
  }

  Runs ends(WorkerEnds how) {
    ends = how;
    return this;
  }

  /** How many partitions wait at a time. */
  private int of() {
    return waiting > 0 ? waiting : partitions;
  }

  PipelineSnapshot snapshot() {
    long nanos = nanos(seconds);
    long records = Math.max(1, batches * rowsP50);
    return new PipelineSnapshot(
        "plant",
        Duration.ofNanos(nanos),
        new RecordCounts(records, records, 0, 0, 0, 0),
        RecordCounts.NONE,
        slots,
        slots,
        dispatcher,
        List.of(
            new SourceSnapshot(
                "hall-a",
                records,
                Math.min(1, room + credit) * (waiting > 0 ? (double) waiting / partitions : 1),
                ended < 1,
                Optional.empty(),
                "",
                new SourceTimes(
                    nanos(seconds * ended * room * of()),
                    nanos(seconds * ended * credit * of()),
                    nanos(seconds * ended),
                    partitions,
                    busiestShare),
                0)),
        List.of(stage(nanos, records)),
        List.of(
            new SinkSnapshot(
                "out",
                records,
                Math.min(1, write + commit),
                commits,
                12.5,
                0,
                "",
                new SinkTimes(nanos(seconds * write), nanos(seconds * commit), backlog),
                0)),
        new PipelineSettings(window, Duration.ofMillis(500), true),
        new EngineTimes(
            0,
            nanos(seconds * dispatcher),
            nanos(seconds * ended * room),
            nanos(seconds * ended * credit),
            0,
            nanos(seconds * ingestCores),
            nanos(seconds * ingestDelay)),
        new HostTimes(
            cores, nanos(seconds * own), nanos(seconds * others), 0, nanos(seconds * throttled)),
        Latency.Both.NONE,
        List.of(),
        List.of());
  }

  private StageSnapshot stage(long nanos, long records) {
    double all = (double) nanos * workers;
    long wall = Math.round(all * busy);
    StageSnapshot stage =
        new StageSnapshot(
            "features",
            kind,
            kind == StageKind.CPU ? Optional.of(on) : Optional.empty(),
            workers,
            records,
            records,
            batches,
            rowsP50,
            rowsP50,
            serviceMs,
            serviceMs,
            1,
            2,
            busy,
            cpu,
            transport,
            ends.failures(),
            ends.timeouts(),
            slowest,
            StageTimes.NONE,
            ends,
            new StageSettings(batch, Duration.ofSeconds(30), 256L << 20),
            0,
            0,
            List.of(),
            List.of());
    return with(
        stage,
        new StageTimes(
            wall,
            wall,
            Math.round(wall * cpu),
            delay < 0 ? StageTimes.UNKNOWN : Math.round(wall * delay),
            Math.round(wall * lock),
            Math.round(all * gc),
            Math.round(wall * transport / (1 - transport)),
            Math.round(all * (occupied < 0 ? Math.min(1, busy + 0.02) : occupied)),
            Math.round(nanos * active),
            StageTimes.UNKNOWN,
            0));
  }

  static StageSnapshot with(StageSnapshot stage, StageTimes times) {
    return with(stage, times, List.of(), List.of());
  }

  static StageSnapshot with(
      StageSnapshot stage, List<WorkerSnapshot> each, List<EndedWorker> ended) {
    return with(stage, stage.times(), each, ended);
  }

  private static StageSnapshot with(
      StageSnapshot stage, StageTimes times, List<WorkerSnapshot> each, List<EndedWorker> ended) {
    return new StageSnapshot(
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
        times,
        stage.ends(),
        stage.settings(),
        0,
        0,
        each,
        ended);
  }

  private static long nanos(double ofSeconds) {
    return Math.round(ofSeconds * SECOND);
  }
}
