package io.forebay.engine;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What the wall clock shows, for nothing but how old rows are by their own time: it may jump, so no
 * deadline and no wait hangs on it.
 */
final class EpochClock {
  private EpochClock() {}

  /** Microseconds since 1970. */
  static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
