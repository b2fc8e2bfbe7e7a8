package io.forebay.snapshot;

/** Where a computing stage runs. */
public enum Placement {
  /** On the dispatcher's thread: for functions cheaper than handing a batch over. */
  INLINE,
  /** On a pool of threads of the engine: no isolation. */
  THREADS,
  /** On a pool of worker processes: isolation, kill on time, a memory limit, other languages. */
  PROCESSES
}
