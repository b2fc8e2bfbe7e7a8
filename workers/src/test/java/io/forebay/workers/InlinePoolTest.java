package io.forebay.workers;

import io.forebay.slots.SlotArea;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.threads.InlinePool;

class InlinePoolTest extends WorkerPoolContract {
  private volatile boolean ending;

  @Override
  WorkerPool start(SlotArea slots) {
    BoundFunction function = FunctionBinder.bind(FunctionSpec.of(Naughty.class.getName()), INPUT);
    return new InlinePool(function, 0, () -> ending);
  }

  @Override
  void awaitBlocked(WorkerPool pool) throws InterruptedException {
    super.awaitBlocked(pool);
    ending = true; // It is the submitting thread that is to be interrupted.
  }
}
