package io.forebay.tap;

import org.jspecify.annotations.Nullable;

/**
 * Samples of the records that pass one part. Who does not take them is given no more, and costs
 * nothing. For one thread.
 */
public interface Tap extends AutoCloseable {
  /** Where they are from. */
  TapPart part();

  /** The next sample; null if there is none yet. Never waits. */
  @Nullable TapSample poll();

  /** Records that have passed the part since the tap was opened. */
  long passed();

  /**
   * How many of those were looked at. Fewer, where the rate is reached, nobody takes the samples,
   * or to look for the condition would take more than a twentieth of the time of a thread.
   */
  long looked();

  /** Ends it. */
  @Override
  void close();
}
