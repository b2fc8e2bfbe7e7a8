package io.forebay;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Something that keeps data and, with it, how far the sources had been read. Called by one thread
 * of the engine: {@link #recover} once, {@link #open} once, then writes and commits, {@link #close}
 * once. An exception fails the pipeline; everything behind the last commit is delivered again by
 * the next run. Only a {@link Sink#retryable} sink may be away for a while, and is recovered and
 * opened again.
 */
public sealed interface Output extends AutoCloseable permits Sink, DeadLetters {
  /**
   * Reads what an earlier run has committed, without changing anything; empty where there is
   * nothing or where the output cannot keep progress.
   */
  Optional<Progress> recover() throws IOException;

  /**
   * Prepares for writing: cuts off what was written behind the committed progress, or everything if
   * {@link SinkContext#resume} is false.
   */
  void open(SinkContext context) throws IOException;

  /**
   * Makes everything that was written durable, together with {@code progress}: after a crash of the
   * process, {@link #recover} returns either this progress with exactly this data, or the one
   * before. After a power cut it may return an earlier one, if nothing was written since.
   */
  void commit(Progress progress) throws IOException;

  /** The files that it uses as its own, so that no other source or output is given one of them. */
  default List<Claim> claims() {
    return List.of();
  }

  /** Releases what the output holds; does not commit. */
  @Override
  void close() throws IOException;
}
