package io.forebay.engine;

import io.forebay.workers.BoundFunction;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.FunctionSpec;
import io.forebay.workers.PoolConfig;
import io.forebay.workers.ThreadPool;
import java.time.Duration;

/** The pool of threads as a stage. */
class ThreadsStageTest extends StageRunnerContract {
  @Override
  StageRunner start(Completions completions) {
    BoundFunction function = FunctionBinder.bind(FunctionSpec.of(Naughty.class.getName()), INPUT);
    PoolConfig config =
        new PoolConfig("threads", THREADS, 2, Duration.ofDays(10_000), Long.MAX_VALUE);
    return new CpuStage(new ThreadPool(config, function, 0), completions);
  }
}
