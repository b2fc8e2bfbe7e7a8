package io.forebay.engine;

/** Time, handed in so that a simulation can be its master. */
@FunctionalInterface
interface Ticker {
  /** Monotonic: nanoseconds since an arbitrary instant; only differences have a meaning. */
  long nanos();

  /** What the wall clock shows: microseconds since 1970. */
  default long epochMicros() {
    return nanos() / 1_000;
  }
}
