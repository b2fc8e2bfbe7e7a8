package io.forebay.workers.api;

/**
 * Who goes first when worker processes and the rest want the same core: sources that read, sinks
 * that write, other programs. Known to Linux only; elsewhere every worker is {@link #NORMAL}.
 */
public enum WorkerPriority {
  /** As everything else: what arrives may wait for some milliseconds while every core computes. */
  NORMAL,

  /**
   * The rest goes first, but a worker never starves: it keeps about a tenth of a core that others
   * want for themselves, and all of it otherwise. The default of pipelines; that of pools used
   * alone is {@link #NORMAL}.
   */
  LOW,

  /**
   * Workers run only where nothing else wants to: for a machine that has no other load, because
   * that would starve them until their calls run into the deadline.
   */
  IDLE
}
