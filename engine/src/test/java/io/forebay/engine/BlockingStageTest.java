package io.forebay.engine;

import io.forebay.workers.FunctionSpec;
import io.forebay.workers.RecordMapping;

class BlockingStageTest extends StageRunnerContract {
  @Override
  StageRunner start(Completions completions) {
    FunctionSpec function = FunctionSpec.of(Naughty.class.getName());
    return new BlockingStage(
        RecordMapping.bind(function, INPUT),
        0,
        Stage.blocking("blocking", function).threads(THREADS),
        completions,
        SystemTicker.INSTANCE);
  }
}
