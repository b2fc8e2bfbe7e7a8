package io.forebay.workers.internal.threads;

import org.jspecify.annotations.Nullable;

/**
 * A thread that takes pieces of calls from a {@link CallQueue}, and what it has taken last. Guarded
 * by the queue's lock, but for what the thread itself reads.
 */
final class Taker {
  @Nullable LocalCall call;
  int row;
  @Nullable Thread thread;

  /** When it ended its last call; only the thread itself asks. */
  long idleSince;
}
