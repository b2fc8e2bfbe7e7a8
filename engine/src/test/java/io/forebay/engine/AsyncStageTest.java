package io.forebay.engine;

import io.forebay.workers.FunctionSpec;
import io.forebay.workers.RecordMapping;

class AsyncStageTest extends StageRunnerContract {
  @Override
  StageRunner start(Completions completions) {
    FunctionSpec function = FunctionSpec.of(NaughtyAsync.class.getName());
    return new AsyncStage(
        RecordMapping.bind(function, INPUT),
        0,
        Stage.async("async", function).concurrency(THREADS),
        completions,
        SystemTicker.INSTANCE);
  }
}
