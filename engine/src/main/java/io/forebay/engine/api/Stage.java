package io.forebay.engine.api;

import io.forebay.AsyncFunction;
import io.forebay.BatchFunction;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.StageKind;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.Recycling;
import io.forebay.workers.api.WorkerPriority;
import io.forebay.workers.api.WorkerProcesses;
import java.time.Duration;

/**
 * What a stage of a pipeline does, and with which tool. Immutable: each setter returns a copy.
 *
 * <p>Choose by what the function does with its time: it waits and never blocks ({@link #async}), it
 * blocks in a library ({@link #blocking}), it computes ({@link #cpu}).
 */
public sealed interface Stage {
  /** The name, unique in the pipeline. */
  String name();

  /** The function. */
  FunctionSpec function();

  /** Which of the three kinds it is. */
  default StageKind kind() {
    return switch (this) {
      case Cpu cpu -> StageKind.CPU;
      case Async async -> StageKind.ASYNC;
      case Blocking blocking -> StageKind.BLOCKING;
    };
  }

  /** A stage that computes, with the function of that name; in worker processes unless told. */
  static Cpu cpu(String name, String function) {
    return cpu(name, FunctionSpec.of(function));
  }

  /** A stage that computes, with the function of that class. */
  static Cpu cpu(String name, Class<?> function) {
    return cpu(name, function.getName());
  }

  /** A stage that computes. */
  static Cpu cpu(String name, FunctionSpec function) {
    return new Cpu(
        name,
        function,
        Placement.PROCESSES,
        Cpu.PHYSICAL_CORES,
        BatchSize.auto(),
        new WorkerProcesses(Duration.ofSeconds(30), 256L << 20));
  }

  /** A stage that waits, with the function of that name. */
  static Async async(String name, String function) {
    return async(name, FunctionSpec.of(function));
  }

  /** A stage that waits, with the function of that class. */
  static Async async(String name, Class<?> function) {
    return async(name, function.getName());
  }

  /** A stage that waits. */
  static Async async(String name, FunctionSpec function) {
    return new Async(name, function, 64, Duration.ofSeconds(30));
  }

  /** A stage that blocks, with the function of that name. */
  static Blocking blocking(String name, String function) {
    return blocking(name, FunctionSpec.of(function));
  }

  /** A stage that blocks, with the function of that class. */
  static Blocking blocking(String name, Class<?> function) {
    return blocking(name, function.getName());
  }

  /** A stage that blocks. */
  static Blocking blocking(String name, FunctionSpec function) {
    return new Blocking(name, function, 16);
  }

  /**
   * Computes: a {@link BatchFunction}, {@link RecordFunction} or {@link RecordExpander}.
   *
   * @param workers how many, or {@link #PHYSICAL_CORES}; inline has always one
   * @param processes how worker processes are treated
   */
  record Cpu(
      String name,
      FunctionSpec function,
      Placement on,
      int workers,
      BatchSize batch,
      WorkerProcesses processes)
      implements Stage {
    /** As many workers as this process may use physical cores. */
    public static final int PHYSICAL_CORES = 0;

    /** Another function, called in the same way. */
    public Cpu function(FunctionSpec other) {
      return new Cpu(name, other, on, workers, batch, processes);
    }

    /** Where the function runs. */
    public Cpu on(Placement placement) {
      return new Cpu(name, function, placement, workers, batch, processes);
    }

    /** How many workers there are. */
    public Cpu workers(int count) {
      return new Cpu(name, function, on, count, batch, processes);
    }

    /** How many rows a batch should have. */
    public Cpu batch(BatchSize size) {
      return new Cpu(name, function, on, workers, size, processes);
    }

    /** The longest a call may take. */
    public Cpu timeout(Duration limit) {
      return with(processes.timeout(limit));
    }

    /** Who goes first when worker processes and others want the same core. */
    public Cpu priority(WorkerPriority rank) {
      return with(processes.priority(rank));
    }

    /** Whether worker processes can write into nothing but memory of their own. */
    public Cpu protect(boolean fromStrayWrites) {
      return with(processes.protect(fromStrayWrites));
    }

    /**
     * A worker process is replaced after so many batches, ± 10 %, or when its resident size has
     * grown by so many bytes; 0: never. The one that replaces it starts first.
     */
    public Cpu recycle(long calls, long growthBytes) {
      return with(processes.recycling(new Recycling(calls, growthBytes)));
    }

    /** Heap limit of a worker process, in bytes. */
    public Cpu memory(long bytes) {
      return with(processes.memory(bytes));
    }

    private Cpu with(WorkerProcesses treated) {
      return new Cpu(name, function, on, workers, batch, treated);
    }
  }

  /**
   * Waits without blocking: an {@link AsyncFunction}.
   *
   * @param concurrency how many records may be waiting at a time
   * @param timeout the longest a record may wait; beyond it the record goes to dead letter
   */
  record Async(String name, FunctionSpec function, int concurrency, Duration timeout)
      implements Stage {
    /** How many records may be waiting at a time. */
    public Async concurrency(int records) {
      return new Async(name, function, records, timeout);
    }

    /** The longest a record may wait. */
    public Async timeout(Duration limit) {
      return new Async(name, function, concurrency, limit);
    }
  }

  /**
   * Blocks a thread: a {@link RecordFunction}, called for each record, or a {@link BatchFunction},
   * called for each batch.
   *
   * @param threads how many calls may block at a time
   */
  record Blocking(String name, FunctionSpec function, int threads) implements Stage {
    /** How many calls may block at a time. */
    public Blocking threads(int count) {
      return new Blocking(name, function, count);
    }
  }
}
