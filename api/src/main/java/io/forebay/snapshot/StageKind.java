package io.forebay.snapshot;

import io.forebay.AsyncFunction;

/** What a stage does with its time: the rule that matches each kind of work to its tool. */
public enum StageKind {
  /** Waits, and never blocks a thread: an {@link AsyncFunction}. */
  ASYNC,
  /** Blocks a thread while it waits in a library that is not asynchronous. */
  BLOCKING,
  /** Computes. */
  CPU
}
