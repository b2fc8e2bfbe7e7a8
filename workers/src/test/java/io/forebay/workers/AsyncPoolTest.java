package io.forebay.workers;

import io.forebay.slots.SlotArea;
import java.time.Duration;

class AsyncPoolTest extends WorkerPoolContract {
  @Override
  WorkerPool start(SlotArea slots) {
    FunctionSpec function = FunctionSpec.of(NaughtyAsync.class.getName());
    RecordMapping mapping = RecordMapping.bind(function, INPUT);
    return new AsyncPool("async", mapping, 0, THREADS, Duration.ofSeconds(30));
  }
}
