package io.forebay.engine.internal.loops;

/** The time of the machine: the only class of the engine that reads a clock. */
public final class SystemTicker implements Ticker {
  public static final SystemTicker INSTANCE = new SystemTicker();

  private SystemTicker() {}

  @Override
  public long nanos() {
    return System.nanoTime();
  }
}
