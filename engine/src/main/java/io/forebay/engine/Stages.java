package io.forebay.engine;

import io.forebay.ConfigurationException;
import io.forebay.slots.SlotArea;
import io.forebay.workers.InlinePool;
import io.forebay.workers.PhysicalCores;
import io.forebay.workers.PoolConfig;
import io.forebay.workers.ProcessPool;
import io.forebay.workers.ThreadPool;
import io.forebay.workers.WorkerPool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes the memory and the workers of a pipeline. */
final class Stages {
  /** Batches queued at a worker, so that it never waits for the next. */
  private static final int IN_FLIGHT_PER_WORKER = 12;

  private Stages() {}

  /** The memory: shared with other processes only if there are some. */
  static SlotArea area(Plan plan) {
    PipelineConfig.Memory memory = plan.config().memory();
    if (!plan.hasProcesses()) {
      return SlotArea.local(memory.slots(), memory.slotBytes());
    }
    long control = 0;
    for (Stage stage : plan.config().stages()) {
      control += controlBytes(stage, memory.slots());
    }
    try {
      return SlotArea.shared(memory.slots(), memory.slotBytes(), control);
    } catch (IOException e) {
      throw new ConfigurationException(
          "the memory of "
              + memory.slots()
              + " slots of "
              + memory.slotBytes()
              + " bytes cannot be shared with worker processes ("
              + e.getMessage()
              + "): make the forebay smaller, or run the stages on threads",
          e);
    }
  }

  private static long controlBytes(Stage stage, int slots) {
    return stage instanceof Stage.Cpu cpu && cpu.on() == io.forebay.Placement.PROCESSES
        ? ProcessPool.controlBytes(config(cpu, slots))
        : 0;
  }

  /** Starts the workers of all stages; if one fails, ends those that were started. */
  static List<StageRunner> start(Plan plan, SlotArea area, Completions completions, Ticker ticker) {
    List<StageRunner> runners = new ArrayList<>();
    long control = 0;
    int slots = plan.config().memory().slots();
    try {
      for (int i = 0; i < plan.stages().size(); i++) {
        runners.add(start(plan, i, area, control, completions, ticker));
        control += controlBytes(plan.stages().get(i).stage(), slots);
      }
      return runners;
    } catch (RuntimeException | Error e) {
      runners.forEach(runner -> runner.close(Duration.ZERO));
      throw e;
    }
  }

  private static StageRunner start(
      Plan plan, int index, SlotArea area, long control, Completions completions, Ticker ticker) {
    int slots = plan.config().memory().slots();
    return switch (plan.stages().get(index)) {
      case Plan.Bound.OverBatches(Stage.Cpu cpu, var function) -> {
        WorkerPool pool =
            switch (cpu.on()) {
              case INLINE -> new InlinePool(function, index, completions::isEnding);
              case THREADS -> new ThreadPool(config(cpu, slots), function, index);
              case PROCESSES -> {
                try {
                  yield ProcessPool.start(
                      config(cpu, slots), function, index, plan.slots(), area, control);
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
        yield new CpuStage(pool, completions);
      }
      case Plan.Bound.OverBatches(var stage, var function) -> {
        int threads = ((Stage.Blocking) stage).threads();
        PoolConfig config =
            new PoolConfig(stage.name(), threads, 1, Duration.ofDays(10_000), Long.MAX_VALUE);
        yield new CpuStage(new ThreadPool(config, function, index), completions);
      }
      case Plan.Bound.OverRecords(Stage.Async async, var mapping) ->
          new AsyncStage(mapping, index, async, completions, ticker);
      case Plan.Bound.OverRecords(var stage, var mapping) ->
          new BlockingStage(mapping, index, (Stage.Blocking) stage, completions, ticker);
    };
  }

  private static PoolConfig config(Stage.Cpu cpu, int slots) {
    int workers = cpu.workers() == Stage.Cpu.PHYSICAL_CORES ? PhysicalCores.count() : cpu.workers();
    int inFlight = Math.clamp((slots - 2) / workers, 1, IN_FLIGHT_PER_WORKER);
    return new PoolConfig(cpu.name(), workers, inFlight, cpu.processes());
  }
}
