package io.forebay.faults;

import io.forebay.RecordFunction;

/** Adds what the wall clock shows where a record is computed. */
public final class ClockStamp implements RecordFunction<ClockStamp.Reading, ClockStamp.Stamped> {
  /** Input. */
  public record Reading(long id, double value) {}

  /** Output: milliseconds since 1970. */
  public record Stamped(long at) {}

  @Override
  public Stamped apply(Reading in) {
    return new Stamped(System.currentTimeMillis());
  }
}
