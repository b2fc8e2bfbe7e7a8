package io.forebay.engine.internal.measure;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What the wall clock shows, for nothing but how old rows are by their own time: it may jump, so no
 * deadline and no wait hangs on it.
 */
public final class EpochClock {
  private EpochClock() {}

  /** Microseconds since 1970. */
  public static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
