package io.forebay.snapshot;

import java.time.Duration;

/**
 * What a pipeline was told, as far as advice depends on it.
 *
 * @param window records of a partition that may be under way; 0: not known
 * @param maxLatency how long a record may take to the sinks; zero: not known
 * @param ordered whether batches reach the sinks in the order of their records
 */
public record PipelineSettings(int window, Duration maxLatency, boolean ordered) {
  /** Nothing of all that. */
  public static final PipelineSettings NONE = new PipelineSettings(0, Duration.ZERO, true);
}
