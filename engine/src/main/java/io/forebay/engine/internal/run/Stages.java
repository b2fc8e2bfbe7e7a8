package io.forebay.engine.internal.run;

import io.forebay.engine.api.Stage;
import io.forebay.engine.internal.plan.PipelineDefinition;
import io.forebay.engine.internal.plan.Plan;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.log.Part;
import io.forebay.slots.SlotArea;
import io.forebay.workers.StagePools;
import io.forebay.workers.api.PhysicalCores;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.StageProfiling;
import io.forebay.workers.api.WorkerPool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Makes the memory and the workers of a pipeline. */
final class Stages {
  /** Batches queued at a worker, so that it never waits for the next. */
  private static final int IN_FLIGHT_PER_WORKER = 12;

  private Stages() {}

  /** The memory: shared with other processes only if there are some. */
  static SlotArea area(Plan plan) {
    PipelineDefinition.Memory memory = plan.config().memory();
    int slots = memory.slots() + plan.slotsBehind();
    if (!plan.hasProcesses()) {
      return SlotArea.local(slots, memory.slotBytes());
    }
    long control = 0;
    for (int i = 0; i < plan.stages().size(); i++) {
      control += controlBytes(plan.stages().get(i).stage(), plan.slotsOf(i));
    }
    try {
      return SlotArea.shared(slots, memory.slotBytes(), control);
    } catch (IOException e) {
      throw new ConfigurationException(
          "the memory of "
              + slots
              + " slots of "
              + memory.slotBytes()
              + " bytes cannot be shared with worker processes ("
              + e.getMessage()
              + "): make the forebay smaller, or run the stages on threads",
          e);
    }
  }

  private static long controlBytes(Stage stage, int slots) {
    return stage instanceof Stage.Cpu cpu && cpu.on() == io.forebay.snapshot.Placement.PROCESSES
        ? StagePools.controlBytes(config(cpu, slots))
        : 0;
  }

  /**
   * Starts the workers of all stages; if one fails, ends those that were started.
   *
   * @param ending whether the pipeline is being ended: an interrupt is meant then
   */
  static List<WorkerPool> start(Plan plan, SlotArea area, BooleanSupplier ending) {
    List<WorkerPool> pools = new ArrayList<>();
    long control = 0;
    try {
      for (int i = 0; i < plan.stages().size(); i++) {
        Stage stage = plan.stages().get(i).stage();
        try (var _ = Part.stage(stage.name()).enter()) {
          pools.add(start(plan, i, area, control, ending));
        }
        control += controlBytes(stage, plan.slotsOf(i));
      }
      return pools;
    } catch (RuntimeException | Error e) {
      pools.forEach(pool -> pool.close(Duration.ZERO));
      throw e;
    }
  }

  private static WorkerPool start(
      Plan plan, int index, SlotArea area, long control, BooleanSupplier ending) {
    int slots = plan.slotsOf(index);
    int place = plan.place(index);
    StageProfiling profiling = plan.config().profiling();
    return switch (plan.stages().get(index)) {
      case Plan.Bound.OverBatches(Stage.Cpu cpu, var function) ->
          switch (cpu.on()) {
            case INLINE -> profiling.inline(index, StagePools.inline(function, place, ending));
            case THREADS -> StagePools.threads(config(cpu, slots), function, place);
            case PROCESSES -> {
              try {
                PoolConfig config = config(cpu, slots).launch(profiling.launch(index));
                yield StagePools.processes(
                    config, function, place, plan.slots(index), area, control);
              } catch (IOException e) {
                throw new ConfigurationException(
                    "stage '"
                        + cpu.name()
                        + "': its workers do not start ("
                        + e.getMessage()
                        + "): put that right, or run the stage on threads",
                    e);
              }
            }
          };
      case Plan.Bound.OverBatches(var stage, var function) -> {
        int threads = ((Stage.Blocking) stage).threads();
        PoolConfig config =
            new PoolConfig(stage.name(), threads, 1, Duration.ofDays(10_000), Long.MAX_VALUE);
        yield StagePools.threads(config, function, place);
      }
      case Plan.Bound.OverRecords(Stage.Async async, var mapping) ->
          StagePools.async(async.name(), mapping, place, async.concurrency(), async.timeout());
      case Plan.Bound.OverRecords(var stage, var mapping) ->
          StagePools.blocking(stage.name(), mapping, place, ((Stage.Blocking) stage).threads());
    };
  }

  private static PoolConfig config(Stage.Cpu cpu, int slots) {
    int workers = cpu.workers() == Stage.Cpu.PHYSICAL_CORES ? PhysicalCores.count() : cpu.workers();
    int inFlight = Math.clamp((slots - 2) / workers, 1, IN_FLIGHT_PER_WORKER);
    return new PoolConfig(cpu.name(), workers, inFlight, cpu.processes());
  }
}
