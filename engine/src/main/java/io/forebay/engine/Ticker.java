package io.forebay.engine;

/** Monotonic time, handed in so that a simulation can be its master. */
@FunctionalInterface
interface Ticker {
  /** Nanoseconds since an arbitrary instant; only differences have a meaning. */
  long nanos();
}
