package io.forebay.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.slots.SlotArea;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.supervision.ProcessPool;
import java.io.IOException;
import java.time.Duration;

class ProcessPoolTest extends WorkerPoolContract {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final PoolConfig config =
      new PoolConfig("processes", THREADS, 2, Duration.ofDays(10_000), 64 << 20);

  ProcessPoolTest() {
    fatal = 1; // It costs two workers.
  }

  @Override
  SlotArea area() throws IOException {
    return SlotArea.shared(SLOTS, SLOT_BYTES, ProcessPool.controlBytes(config));
  }

  @Override
  WorkerPool start(SlotArea slots) throws IOException {
    BoundFunction function = FunctionBinder.bind(FunctionSpec.of(Naughty.class.getName()), INPUT);
    return ProcessPool.start(config, function, 0, SCHEMA, slots, 0);
  }

  @Override
  void awaitBlocked(WorkerPool pool) {
    await().atMost(SOON).until(() -> pool.snapshot().busy() > 0);
    assertThat(pool.snapshot().each())
        .anyMatch(worker -> worker.batchRows() > 0 && worker.batchNanos() > 0);
  }

  @Override
  void assertAllWork(WorkerPool pool) {
    // A worker that was lost is replaced meanwhile.
    await().atMost(SOON).until(() -> pool.snapshot().workers() == pool.workers());
  }

  @Override
  void assertFails(Completion completion) {
    assertThat(completion)
        .isInstanceOfSatisfying(
            Completion.Lost.class,
            lost -> {
              assertThat(lost.row()).isEqualTo(1);
              assertThat(lost.evidence()).contains("InternalError: as out of memory");
              assertThat(lost.cause()).isEqualTo(Completion.Cause.DIED);
            });
  }
}
