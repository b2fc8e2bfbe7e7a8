package io.forebay.workers;

import io.forebay.slots.SlotArea;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.functions.RecordMapping;
import io.forebay.workers.internal.threads.ThreadPool;

/** Threads that call a function which blocks, on one row at a time. */
class RowThreadsTest extends WorkerPoolContract {
  @Override
  WorkerPool start(SlotArea slots) {
    FunctionSpec function = FunctionSpec.of(Naughty.class.getName());
    return ThreadPool.ofRows("blocking", RecordMapping.bind(function, INPUT), 0, THREADS);
  }
}
