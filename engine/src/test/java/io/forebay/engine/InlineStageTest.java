package io.forebay.engine;

import io.forebay.workers.BoundFunction;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.FunctionSpec;
import io.forebay.workers.InlinePool;

/** The function on the dispatcher's thread, as a stage. */
class InlineStageTest extends StageRunnerContract {
  @Override
  StageRunner start(Completions completions) {
    BoundFunction function = FunctionBinder.bind(FunctionSpec.of(Naughty.class.getName()), INPUT);
    return new CpuStage(new InlinePool(function, 0, completions::isEnding), completions);
  }
}
