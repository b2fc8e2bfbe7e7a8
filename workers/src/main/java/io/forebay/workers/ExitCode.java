package io.forebay.workers;

/** The exit codes by which a worker says why it has ended itself. */
final class ExitCode {
  /** There is no memory left; the virtual machine uses the same. */
  static final int OUT_OF_MEMORY = 3;

  /** The worker has failed, and has printed how. */
  static final int FAILED = 70;

  /** There are no descriptors or threads left. */
  static final int EXHAUSTED = 74;

  /** Between two calls: the worker has taken much of what it may take. */
  static final int WEARY = 75;

  /** A function has taken from the worker what it needs. */
  static final int HARMED = 76;

  /** The engine was told why this worker cannot work. */
  static final int REFUSED = 78;

  private ExitCode() {}
}
