package io.forebay.workers.internal.protocol;

/** The exit codes by which a worker says why it has ended itself. */
public final class WorkerExitCode {
  /** There is no memory left; the virtual machine uses the same. */
  public static final int OUT_OF_MEMORY = 3;

  /** The worker has failed, and has printed how. */
  public static final int FAILED = 70;

  /** There are no descriptors or threads left. */
  public static final int EXHAUSTED = 74;

  /** Between two calls: the worker has taken much of what it may take. */
  public static final int NEAR_LIMIT = 75;

  /** A function has taken from the worker what it needs. */
  public static final int HARMED = 76;

  /** The engine was told why this worker cannot work. */
  public static final int REFUSED = 78;

  private WorkerExitCode() {}
}
