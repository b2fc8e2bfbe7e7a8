package io.forebay.internal.events;

import org.jspecify.annotations.Nullable;

/** Chooses the batches that are followed. Asked by one thread; returns soon, and does not throw. */
public interface BatchTracing {
  /** Follows no batch. */
  BatchTracing NONE = (_, _) -> null;

  /**
   * A batch has left the forebay.
   *
   * @param batch its number
   * @param ageNanos how long ago its first record came
   * @return who is told of it, null for nobody
   */
  @Nullable BatchTrace begin(long batch, long ageNanos);
}
