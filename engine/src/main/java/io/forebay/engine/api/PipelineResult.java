package io.forebay.engine.api;

import io.forebay.snapshot.PipelineSnapshot;
import org.jspecify.annotations.Nullable;

/** How a pipeline ended. Everything it had is released by then. */
public sealed interface PipelineResult {
  /** The last state: what was read, delivered and measured. */
  PipelineSnapshot snapshot();

  /** The sources came to their end, and everything is delivered and committed. */
  record Completed(PipelineSnapshot snapshot) implements PipelineResult {}

  /** It was asked to drain, and everything that had been read is delivered and committed. */
  record Drained(PipelineSnapshot snapshot) implements PipelineResult {}

  /**
   * It was asked to drain or to stop and ended before everything was delivered. What is not
   * acknowledged is delivered again by the next run, if the source is repeatable.
   */
  record DeadlineExceeded(PipelineSnapshot snapshot) implements PipelineResult {}

  /**
   * It could not go on. Nothing was acknowledged that is not committed.
   *
   * @param reason one sentence: what happened, to what, what was done about the data, what to
   *     change
   */
  record Failed(PipelineSnapshot snapshot, String reason, @Nullable Throwable cause)
      implements PipelineResult {}
}
