package io.forebay.workers.api;

/**
 * Who goes first when worker processes and the rest want the same core: sources that read, sinks
 * that write, other programs. Known to Linux only; elsewhere every worker is {@link #NORMAL}.
 */
public enum WorkerPriority {
  /** As everything else: what arrives may wait for some milliseconds while every core computes. */
  NORMAL,

  /**
   * What arrives goes first: a thread that wakes up takes the core from a worker at once. Beside
   * programs that compute, a worker has the same share of the cores as they (since Linux 6.12; on
   * older kernels about a tenth of theirs). The default of pipelines; that of pools used alone is
   * {@link #NORMAL}.
   */
  LOW,

  /**
   * Workers run only where nothing else wants to: for a machine that has no other load, because
   * that would starve them until their calls run into the deadline.
   */
  IDLE
}
