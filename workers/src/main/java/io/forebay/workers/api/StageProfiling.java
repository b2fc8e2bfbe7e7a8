package io.forebay.workers.api;

/**
 * Finds out where the time of a pipeline's stages goes, from outside of their functions.
 *
 * <p>Stages are known by their index. Called while a pipeline starts, by one thread.
 */
public interface StageProfiling {
  /** Of nothing. */
  StageProfiling NONE = new StageProfiling() {};

  /** What the worker processes of a stage are started with besides. */
  default WorkerLaunch launch(int stage) {
    return WorkerLaunch.USUAL;
  }

  /** A pool whose calls run on the submitting thread, so that they are known as this stage's. */
  default WorkerPool inline(int stage, WorkerPool pool) {
    return pool;
  }
}
