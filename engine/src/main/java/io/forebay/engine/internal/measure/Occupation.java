package io.forebay.engine.internal.measure;

/** For how long a stage's workers had a batch, by what the dispatcher has given them. */
final class Occupation {
  private long workerNanos;
  private long anyNanos;
  private int occupied;
  private long since;

  /** From now on so many batches are with that many workers. */
  void changed(int batches, int workers, long now) {
    workerNanos = workerNanos(now);
    anyNanos = anyNanos(now);
    occupied = Math.min(batches, workers);
    since = now;
  }

  /** All workers together; a worker that had several batches counts once. */
  long workerNanos(long now) {
    return workerNanos + occupied * Math.max(0, now - since);
  }

  /** While at least one worker had a batch. */
  long anyNanos(long now) {
    return anyNanos + (occupied == 0 ? 0 : Math.max(0, now - since));
  }
}
