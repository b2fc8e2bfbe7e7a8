package io.forebay.connectors.file;

/** Time that passes, handed in so that a test can be its master. Thread-safe. */
interface Waiting {
  /** The time of the machine. */
  Waiting REAL = new RealTime();

  /** Nanoseconds since an arbitrary instant; only differences have a meaning. */
  long nanoTime();

  /** Returns after {@code nanos}. */
  void await(long nanos) throws InterruptedException;
}
