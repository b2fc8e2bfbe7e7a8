package io.forebay.workers;

import io.forebay.slots.SlotArea;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.functions.RecordMapping;
import io.forebay.workers.internal.threads.AsyncPool;
import java.time.Duration;

class AsyncPoolTest extends WorkerPoolContract {
  @Override
  WorkerPool start(SlotArea slots) {
    FunctionSpec function = FunctionSpec.of(NaughtyAsync.class.getName());
    RecordMapping mapping = RecordMapping.bind(function, INPUT);
    return new AsyncPool("async", mapping, 0, THREADS, Duration.ofSeconds(30));
  }
}
