package io.forebay.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.slots.SlotArea;
import io.forebay.snapshot.WorkerSnapshot;
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

  @Override
  void awaitBlocked(WorkerPool pool) throws InterruptedException {
    super.awaitBlocked(pool);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            pool.snapshot().each().stream()
                .anyMatch(worker ->
                    worker.state() == WorkerSnapshot.State.BUSY
                        && worker.batchRows() > 0
                        && worker.batchNanos() > 0));
    assertThat(pool.snapshot().each()).hasSize(THREADS);
  }
}
