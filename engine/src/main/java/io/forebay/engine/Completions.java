package io.forebay.engine;

import io.forebay.workers.Completion;

/** Where stages say that a batch is done; called by their threads, returns at once. */
@FunctionalInterface
interface Completions {
  void completed(InFlightBatch batch, Completion completion);
}
