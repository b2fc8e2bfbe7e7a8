package io.forebay.engine;

import io.forebay.workers.Completion;
import io.forebay.workers.PoolSnapshot;
import io.forebay.workers.WorkerPool;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A stage on a {@link WorkerPool}. */
final class CpuStage implements StageRunner {
  private static final long WAIT_NANOS = 1_000_000;
  private static final int MOST_WAITS = 2_000;

  private final WorkerPool pool;
  private final Completions completions;

  CpuStage(WorkerPool pool, Completions completions) {
    this.pool = pool;
    this.completions = completions;
  }

  @Override
  public int capacity() {
    return pool.capacity();
  }

  @Override
  public int workers() {
    return pool.workers();
  }

  @Override
  public boolean hasIdleWorker() {
    return pool.hasIdleWorker();
  }

  @Override
  public void submit(InFlightBatch batch) throws InterruptedException {
    var _ =
        pool.submit(batch.slot, batch.isCareful())
            .whenComplete((completion, error) ->
                completions.completed(
                    batch,
                    error == null
                        ? completion
                        : new Completion.Lost(-1, "a worker failed: " + error, "")));
  }

  @Override
  public PoolSnapshot snapshot() {
    return pool.snapshot();
  }

  @Override
  public boolean close(Duration deadline) {
    if (deadline.isZero()) {
      pool.close();
    } else {
      pool.close(deadline);
    }
    for (int waited = 0; pool.snapshot().workers() > 0; waited++) {
      if (waited == MOST_WAITS) {
        return false;
      }
      LockSupport.parkNanos(this, WAIT_NANOS); // Threads that were interrupted take a moment.
    }
    return true;
  }
}
