package io.forebay.engine;

import io.forebay.workers.Completion;

/** What stages say, handed on: batches to the dispatcher, ends to the lifecycle. */
record StageReports(Dispatcher dispatcher, Lifecycle lifecycle) implements Completions {
  @Override
  public void completed(InFlightBatch batch, Completion completion) {
    dispatcher.completed(batch, completion);
  }

  @Override
  public void failed(String stage, Throwable cause) {
    lifecycle.fail(
        "stage '"
            + stage
            + "' cannot go on, one of its threads ended ("
            + cause
            + "): nothing was acknowledged that is not committed",
        cause);
  }

  @Override
  public boolean isEnding() {
    return lifecycle.isOver();
  }
}
