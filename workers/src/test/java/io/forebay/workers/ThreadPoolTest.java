package io.forebay.workers;

import io.forebay.slots.SlotArea;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.threads.ThreadPool;
import java.time.Duration;

class ThreadPoolTest extends WorkerPoolContract {
  @Override
  WorkerPool start(SlotArea slots) {
    BoundFunction function = FunctionBinder.bind(FunctionSpec.of(Naughty.class.getName()), INPUT);
    PoolConfig config =
        new PoolConfig("threads", THREADS, 2, Duration.ofDays(10_000), Long.MAX_VALUE);
    return new ThreadPool(config, function, 0);
  }
}
