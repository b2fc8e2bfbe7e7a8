package io.forebay.engine.internal.loops;

/** Monotonic time, handed in so that a simulation can be its master. */
@FunctionalInterface
public interface Ticker {
  /** Nanoseconds since an arbitrary instant; only differences have a meaning. */
  long nanos();
}
