package io.forebay.engine;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The time of the machine: the only class of the engine that reads a clock. */
final class SystemTicker implements Ticker {
  static final SystemTicker INSTANCE = new SystemTicker();

  private SystemTicker() {}

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long epochMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
