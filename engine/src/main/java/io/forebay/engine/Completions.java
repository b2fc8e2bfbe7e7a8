package io.forebay.engine;

import io.forebay.workers.Completion;

/** Whom stages tell what has become of batches; called by their threads, returns at once. */
interface Completions {
  /** A batch is done, or cannot be. */
  void completed(InFlightBatch batch, Completion completion);

  /** A thread of the stage cannot go on: nothing that the stage has will come back. */
  void failed(String stage, Throwable cause);

  /** Whether the pipeline is being ended: an interrupt is meant then. */
  boolean isEnding();
}
