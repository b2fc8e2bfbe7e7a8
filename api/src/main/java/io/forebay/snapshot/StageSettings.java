package io.forebay.snapshot;

import java.time.Duration;

/**
 * What a stage was told, as far as advice depends on it.
 *
 * @param batchRows rows a batch; 0: as many as the engine finds best
 * @param timeout the longest call; zero: there is no limit
 * @param memoryBytes what a worker process may take; 0: there is no limit
 */
public record StageSettings(int batchRows, Duration timeout, long memoryBytes) {
  /** Nothing of all that. */
  public static final StageSettings NONE = new StageSettings(0, Duration.ZERO, 0);
}
