package io.forebay.workers;

import java.util.Optional;

/**
 * What pools that are used alone do beyond {@link PoolConfig}.
 *
 * @param capacity batches in flight, at least as many as there are workers
 * @param initializer what each worker runs before its first call
 * @param recycleCalls a worker is replaced after so many calls; 0: never
 * @param recycleGrowthBytes a worker is replaced when its resident size has grown so much since it
 *     was ready; 0: never
 */
record WorkerOptions(
    int capacity, Optional<FunctionSpec> initializer, long recycleCalls, long recycleGrowthBytes) {

  /** Nothing beyond {@code config}. */
  static WorkerOptions of(PoolConfig config) {
    return new WorkerOptions(
        config.workers() * config.inFlightPerWorker(),
        Optional.empty(),
        config.recycleCalls(),
        config.recycleGrowthBytes());
  }

  /** Whether workers are replaced while they are well. */
  boolean recycles() {
    return recycleCalls > 0 || recycleGrowthBytes > 0;
  }
}
