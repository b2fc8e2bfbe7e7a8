package io.forebay.workers;

import java.util.Optional;

/**
 * What pools that are used alone do beyond {@link PoolConfig}.
 *
 * @param capacity batches in flight, at least as many as there are workers
 * @param initializer what each worker runs before its first call
 */
record WorkerOptions(int capacity, Optional<FunctionSpec> initializer) {

  /** Nothing beyond {@code config}. */
  static WorkerOptions of(PoolConfig config) {
    return new WorkerOptions(config.workers() * config.inFlightPerWorker(), Optional.empty());
  }
}
