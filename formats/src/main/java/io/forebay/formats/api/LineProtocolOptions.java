package io.forebay.formats.api;

import java.time.InstantSource;
import java.util.Optional;

/**
 * What the lines of line protocol do not say themselves.
 *
 * @param precision the unit of their timestamps
 * @param arrival the clock that gives a line without a timestamp its time; without a clock it has
 *     none
 */
public record LineProtocolOptions(TimePrecision precision, Optional<InstantSource> arrival) {
  /** Nanoseconds, no clock. */
  public static final LineProtocolOptions DEFAULT =
      new LineProtocolOptions(TimePrecision.NANOSECONDS, Optional.empty());
}
