package io.forebay.engine.internal.measure;

/**
 * For how long a stage's workers had no batch because all slots were taken behind them: sources
 * wait for room, and no stage before this one has a batch. The time for which sources have waited
 * is handed in, so that what happens between two looks is counted as it was.
 */
final class Backpressure {
  private long nanos;

  /** Workers that have waited since; none where a stage before has what they wait for. */
  private int waiting;

  private long roomWaitThen;

  /**
   * From now on so many workers have no batch, and no stage before has one.
   *
   * @param roomWait for how long at least one source has waited for room so far
   */
  void changed(int workers, long roomWait) {
    nanos = nanos(roomWait);
    waiting = workers;
    roomWaitThen = Math.max(roomWait, roomWaitThen);
  }

  /** All workers together. */
  long nanos(long roomWait) {
    return nanos + waiting * Math.max(0, roomWait - roomWaitThen);
  }
}
