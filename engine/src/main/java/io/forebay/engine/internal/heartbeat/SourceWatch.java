package io.forebay.engine.internal.heartbeat;

import java.util.function.LongSupplier;

/**
 * Looks whether a source's own thread computes for long without handing a record in: what it would
 * receive waits meanwhile. A source that waits, for its outside world or for room, is none of it,
 * nor one in native code, which may wait there. Used by the heartbeat's thread.
 */
public final class SourceWatch {
  static final long PATIENCE_NANOS = 200_000_000;

  private final String name;
  private final Thread thread;
  private final LongSupplier records;
  private long seen;
  private long since;
  private boolean computes;
  private boolean told;

  public SourceWatch(String name, Thread thread, LongSupplier records) {
    this.name = name;
    this.thread = thread;
    this.records = records;
  }

  /**
   * Looks; returns whether the source has ended.
   *
   * @param calm whether the machine has cores for those who would run
   */
  boolean look(long now, boolean calm, StallReport report) {
    Thread.State state = thread.getState();
    if (state != Thread.State.RUNNABLE) {
      computes = false;
      return state == Thread.State.TERMINATED;
    }
    long handedIn = records.getAsLong();
    if (!computes || handedIn != seen || !calm) {
      computes = true;
      told = false;
      seen = handedIn;
      since = now;
    } else if (!told && now - since >= PATIENCE_NANOS) {
      told = true;
      report.computes(name, thread, now - since);
    }
    return false;
  }
}
