package io.forebay.engine.internal.run;

import io.forebay.engine.internal.delivery.SinkRunner;
import io.forebay.engine.internal.dispatch.BothDispatchers;
import io.forebay.engine.internal.dispatch.Dispatcher;
import io.forebay.engine.internal.dispatch.Resequencer;
import io.forebay.engine.internal.dispatch.RunningStage;
import io.forebay.engine.internal.intake.Intake;
import io.forebay.engine.internal.loops.Agent;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.plan.Plan;
import io.forebay.engine.internal.tap.PipelineTaps;
import io.forebay.engine.internal.tap.TapPoint;
import io.forebay.engine.internal.windows.WindowFeed;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.internal.events.BatchTracing;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.tap.TapPart.Kind;
import io.forebay.workers.api.WorkerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The stages of a run with the memory that they work in, and the dispatchers that carry batches
 * through them: through those that records go through, and through those behind the windows. Used
 * by who starts and ends the run, except for {@link #agent}, which the dispatcher's thread drives,
 * and {@link #snapshots}.
 */
final class RunStages {
  private final Plan plan;
  private final SlotArea area;

  /** All of them, and apart from each other those up to the windows and those behind. */
  private final List<RunningStage> all = new ArrayList<>();

  private final List<RunningStage> first = new ArrayList<>();
  private final List<RunningStage> behind = new ArrayList<>();

  private @Nullable Dispatcher records;
  private @Nullable Dispatcher ofWindows;

  RunStages(Plan plan) {
    this.plan = plan;
    area = Stages.area(plan);
  }

  /** The slots of records. */
  List<Slot> slots() {
    return slots(0, plan.config().memory().slots(), plan.slots());
  }

  /** The slots of rows of windows, for the stages behind them; null if there are none. */
  WindowFeed.@Nullable Memory memoryBehind(Ticker ticker, Doorbell doorbell) {
    return plan.behind()
        .map(schema ->
            new WindowFeed.Memory(
                slots(plan.config().memory().slots(), plan.slotsBehind(), schema),
                schema,
                ticker,
                doorbell,
                batch -> Objects.requireNonNull(ofWindows).partWritten(batch)))
        .orElse(null);
  }

  private List<Slot> slots(int from, int count, SlotSchema schema) {
    List<Slot> slots = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      slots.add(area.slot(i, schema));
    }
    return slots;
  }

  /** Says where batches come from and where they go. */
  void connect(
      Intake intake, @Nullable WindowFeed windows, SinkRunner sinkRunner, Doorbell doorbell) {
    records =
        new Dispatcher(
            intake,
            first,
            new Resequencer(plan.config().delivery().ordered(), sinkRunner),
            doorbell,
            plan.config().delivery().linger().toNanos());
    if (windows != null) {
      Resequencer back = new Resequencer(true, sinkRunner.ofWindows());
      ofWindows = new Dispatcher(windows, behind, back, doorbell, 0);
    }
  }

  /** That of the stages that records go through. */
  Dispatcher records() {
    return Objects.requireNonNull(records, "connect comes first");
  }

  /** What carries batches, in steps. */
  Agent agent() {
    return ofWindows == null ? records() : new BothDispatchers(records(), ofWindows);
  }

  /** What the sources have handed in, before the first stage has it. */
  TapPoint read() {
    return records().read();
  }

  void traceWith(BatchTracing tracing) {
    records().traceWith(tracing);
  }

  /**
   * Starts the workers.
   *
   * @param ending whether the pipeline is being ended: an interrupt is meant then
   */
  void start(BooleanSupplier ending) {
    List<WorkerPool> pools = Stages.start(plan, area, ending);
    long maxLatency = plan.config().delivery().maxLatency().toNanos();
    for (int i = 0; i < pools.size(); i++) {
      RunningStage stage =
          new RunningStage(plan.place(i), plan.stages().get(i).stage(), pools.get(i), maxLatency);
      all.add(stage);
      (i < plan.first() ? first : behind).add(stage);
    }
  }

  /** Where what the stages return can be looked at. */
  void addTo(PipelineTaps taps) {
    for (int i = 0; i < all.size(); i++) {
      String name = plan.stages().get(i).stage().name();
      taps.add(Kind.STAGE, name, plan.slots(i).view(plan.place(i) + 1), all.get(i).returned);
    }
  }

  /** All of them; filled by {@link #start}. */
  List<RunningStage> all() {
    return all;
  }

  /**
   * What is measured.
   *
   * @param roomWait for how long sources have waited for room so far
   */
  List<StageSnapshot> snapshots(long now, long elapsedNanos, long roomWait) {
    return Stream.concat(
            first.stream().map(stage -> stage.snapshot(now, elapsedNanos, roomWait)),
            behind.stream().map(stage -> stage.snapshot(now, elapsedNanos, 0)))
        .toList();
  }

  /** Ends the workers; whether all have ended. */
  boolean close(Duration patience) {
    boolean ended = true;
    for (RunningStage stage : all) {
      ended &= stage.pool.close(patience);
    }
    return ended;
  }

  /** Gives the memory back; nothing may use it any more. */
  void closeMemory() {
    area.close();
  }
}
