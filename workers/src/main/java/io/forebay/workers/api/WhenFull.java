package io.forebay.workers.api;

import java.time.Duration;

/** What a pool does with one call more than it has room for. */
public sealed interface WhenFull {
  /** The caller waits. */
  record Block() implements WhenFull {}

  /** The caller gets a {@link java.util.concurrent.RejectedExecutionException} at once. */
  record Reject() implements WhenFull {}

  /** The caller waits so long, and then gets a RejectedExecutionException. */
  record WaitFor(Duration longest) implements WhenFull {}

  /** The caller waits. */
  static WhenFull block() {
    return new Block();
  }

  /** The caller gets a {@link java.util.concurrent.RejectedExecutionException} at once. */
  static WhenFull reject() {
    return new Reject();
  }

  /** The caller waits so long, and then gets a RejectedExecutionException. */
  static WhenFull waitFor(Duration longest) {
    return new WaitFor(longest);
  }
}
