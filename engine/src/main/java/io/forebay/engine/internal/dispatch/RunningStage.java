package io.forebay.engine.internal.dispatch;

import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.Stage;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.measure.StageMeter;
import io.forebay.engine.internal.tap.TapPoint;
import io.forebay.internal.events.BatchSizeEvent;
import io.forebay.internal.log.Part;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageKind;
import io.forebay.snapshot.StageSettings;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.workers.api.BatchSizer;
import io.forebay.workers.api.WorkerPool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * One stage as the dispatcher sees it: who computes, who waits for it, how large its batches should
 * be. Used by the dispatcher, except for {@link #snapshot}.
 */
public final class RunningStage {
  /** Pauses of a stage's pool in a row that the pipeline waits for. */
  public static final int MOST_PAUSES = 3;

  final int index;
  final Stage definition;
  final Part part;
  public final WorkerPool pool;
  final StageMeter meter = new StageMeter();

  /** What it has returned, before it goes on. */
  public final TapPoint returned = new TapPoint();

  final ArrayDeque<InFlightBatch> queue = new ArrayDeque<>();
  private final BatchSizer sizer;
  private int inWork;

  /** The stage's pool does not call its workers until then. */
  private long pausedUntil;

  private boolean paused;

  /** Pauses without a batch that came back between them. */
  private int pauses;

  public RunningStage(int index, Stage stage, WorkerPool pool, long maxLatencyNanos) {
    this.index = index;
    this.definition = stage;
    this.part = Part.stage(stage.name());
    this.pool = pool;
    this.sizer = new BatchSizer(maxLatencyNanos / 4.0);
  }

  /** Whether its function runs on threads of this process. */
  public boolean isOnThreads() {
    return definition instanceof Stage.Cpu cpu && cpu.on() == Placement.THREADS;
  }

  boolean hasRoom() {
    return !paused && inWork < pool.capacity();
  }

  /**
   * The pool has said that it pauses.
   *
   * @return false if it has done so {@link #MOST_PAUSES} times without any batch coming back
   */
  boolean pause(long now, long nanos) {
    if (!paused) {
      paused = true;
      pausedUntil = now + nanos;
      pauses++;
    }
    return pauses <= MOST_PAUSES;
  }

  /** Ends a pause that is over; after how many nanoseconds it will be if it is not. */
  long endPauseWhenOver(long now) {
    paused &= now - pausedUntil < 0;
    return paused ? pausedUntil - now : Long.MAX_VALUE / 2;
  }

  /** A batch came back. */
  void healthy() {
    pauses = 0;
  }

  void submitted(long now) {
    inWork++;
    meter.inWork(inWork, pool.workers(), now);
  }

  void returned(long now) {
    inWork--;
    meter.inWork(inWork, pool.workers(), now);
  }

  /** Whether it has a batch, or one waits for it. */
  boolean hasBatches() {
    return inWork > 0 || !queue.isEmpty();
  }

  /**
   * From now on its workers without a batch wait for one.
   *
   * @param before whether a stage before this one has a batch that is to come
   * @param roomWait for how long sources have waited for room so far
   */
  void waits(boolean before, long roomWait) {
    meter.waiting(before ? 0 : idleWorkers(), roomWait);
  }

  /** From now on none of its workers is taken to wait. */
  void works(long roomWait) {
    meter.waiting(0, roomWait);
  }

  private int idleWorkers() {
    // A batch's records have all the threads of an async or blocking stage.
    boolean whole = definition instanceof Stage.Cpu;
    return whole ? Math.max(0, pool.workers() - inWork) : inWork == 0 ? pool.workers() : 0;
  }

  /** Takes in what a call took, if it tells something about calls in general. */
  void observe(int rows, long nanos) {
    int before = sizer.wish();
    sizer.observe(rows, nanos);
    BatchSizeEvent.changed(definition.name(), before, sizer.wish());
  }

  /** Takes in that the outputs of only so many rows fitted into a slot. */
  void overflowed(int rows) {
    sizer.overflowed(rows);
  }

  /** How many rows the next batch should have at most, as far as this stage is concerned. */
  int wishedRows() {
    return switch (definition) {
      case Stage.Cpu cpu when cpu.batch() instanceof BatchSize.Fixed(int rows) -> rows;
      case Stage.Cpu cpu -> sizer.rows();
      case Stage.Async async -> Math.max(sizer.rows(), async.concurrency());
      case Stage.Blocking blocking -> Math.max(sizer.rows(), blocking.threads());
    };
  }

  /** With how many rows a batch may go early if a worker is idle. */
  int earlyRows() {
    return switch (definition) {
      case Stage.Cpu cpu when cpu.batch() instanceof BatchSize.Fixed -> Integer.MAX_VALUE;
      case Stage.Cpu cpu -> sizer.earlyRows();
      case Stage.Async async -> 1;
      case Stage.Blocking blocking -> 1;
    };
  }

  /**
   * What is measured.
   *
   * @param roomWait for how long sources have waited for room so far
   */
  public StageSnapshot snapshot(long now, long elapsedNanos, long roomWait) {
    Optional<Placement> on =
        definition instanceof Stage.Cpu cpu ? Optional.of(cpu.on()) : Optional.empty();
    StageKind kind = definition.kind();
    return meter.snapshot(
        new StageMeter.Subject(definition.name(), kind, on, pool.workers(), settings()),
        pool.snapshot(),
        now,
        elapsedNanos,
        roomWait);
  }

  private StageSettings settings() {
    return switch (definition) {
      case Stage.Cpu cpu ->
          new StageSettings(
              cpu.batch() instanceof BatchSize.Fixed(int rows) ? rows : 0,
              cpu.on() == Placement.PROCESSES ? cpu.processes().timeout() : Duration.ZERO,
              cpu.on() == Placement.PROCESSES ? cpu.processes().memoryBytes() : 0);
      case Stage.Async async -> new StageSettings(0, async.timeout(), 0);
      case Stage.Blocking _ -> StageSettings.NONE;
    };
  }
}
