package io.forebay.engine.internal.recovery;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.engine.internal.batches.Partition;

/**
 * What the state of windows says of the outputs. It is durable before any output commits the epoch:
 * so it decides, and an output that has not got as far is given what it lacks.
 *
 * @param pipeline whose state it is
 * @param number one more at each commit
 * @param base what an output has at least that need not start over: what it lacks since then is
 *     kept with the state
 * @param settled whether every output has it
 * @param frontier with what the epoch is committed
 * @param complete whether the sources had come to their end
 */
public record Epoch(
    String pipeline, long number, long base, boolean settled, Frontier frontier, boolean complete) {
  /** The epoch with which an output was committed; 0 for none. */
  public static long of(Frontier frontier) {
    return frontier.of(Partition.WINDOWS).offset();
  }

  /** Where the rows of windows stand at an epoch. */
  public static Position position(long rows, long epoch) {
    return new Position(rows, epoch);
  }
}
