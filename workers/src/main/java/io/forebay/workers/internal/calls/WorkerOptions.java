package io.forebay.workers.internal.calls;

import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PoolConfig;
import java.util.Optional;

/**
 * What pools that are used alone do beyond {@link PoolConfig}.
 *
 * @param capacity batches in flight, at least as many as there are workers
 * @param initializer what each worker runs before its first call
 * @param faultsStop whether the pool stops calling for a while when nearly every call costs workers
 */
public record WorkerOptions(int capacity, Optional<FunctionSpec> initializer, boolean faultsStop) {

  /** Nothing beyond {@code config}. */
  public static WorkerOptions of(PoolConfig config) {
    return new WorkerOptions(config.workers() * config.inFlightPerWorker(), Optional.empty(), true);
  }
}
