package io.forebay.workers;

import io.forebay.errors.ConfigurationException;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.functions.RecordMapping;
import io.forebay.workers.internal.supervision.ProcessPool;
import io.forebay.workers.internal.threads.AsyncPool;
import io.forebay.workers.internal.threads.InlinePool;
import io.forebay.workers.internal.threads.ThreadPool;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Starts the workers of a pipeline's stage, which work on slots that are others'. */
public final class StagePools {
  private StagePools() {}

  /** How much of the control region of a slot area {@link #processes} needs. */
  public static long controlBytes(PoolConfig config) {
    return ProcessPool.controlBytes(config);
  }

  /**
   * Worker processes that share the memory of the slots: returns when all have bound the function.
   *
   * @param area the shared area in which the submitted slots lie
   * @param controlOffset where this pool's part of the control region begins
   * @throws ConfigurationException if a worker refuses to work, or cannot start
   */
  public static WorkerPool processes(
      PoolConfig config,
      BoundFunction function,
      int stage,
      SlotSchema schema,
      SlotArea area,
      long controlOffset)
      throws IOException {
    return ProcessPool.start(config, function, stage, schema, area, controlOffset);
  }

  /** Threads of this process: no isolation, no kill on time. */
  public static WorkerPool threads(PoolConfig config, BoundFunction function, int stage) {
    return new ThreadPool(config, function, stage);
  }

  /**
   * The submitting thread itself.
   *
   * @param withdrawn whether an interrupt during a call is meant for the call
   */
  public static WorkerPool inline(BoundFunction function, int stage, BooleanSupplier withdrawn) {
    return new InlinePool(function, stage, withdrawn);
  }

  /**
   * Virtual threads for a function that blocks, on row after row.
   *
   * @param mapping of a {@link io.forebay.RecordFunction}, of which there is one instance
   * @param threads how many calls may block at a time
   */
  public static WorkerPool blocking(String name, RecordMapping mapping, int stage, int threads) {
    return ThreadPool.ofRows(name, mapping, stage, threads);
  }

  /**
   * A bounded number of records in flight, for a function that waits without blocking.
   *
   * @param mapping of an {@link io.forebay.AsyncFunction}
   * @param concurrency how many records may be waiting at a time
   * @param timeout the longest a record may wait; beyond it the record is rejected
   */
  public static WorkerPool async(
      String name, RecordMapping mapping, int stage, int concurrency, Duration timeout) {
    return new AsyncPool(name, mapping, stage, concurrency, timeout);
  }
}
