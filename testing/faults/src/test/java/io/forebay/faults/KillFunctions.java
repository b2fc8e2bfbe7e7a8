package io.forebay.faults;

import io.forebay.RecordFunction;
import io.forebay.errors.RecordRejectedException;

/** Functions for tests that kill. */
public final class KillFunctions {
  private KillFunctions() {}

  /** Takes some microseconds a record; rejects some records and throws for others. */
  public static final class Slow implements RecordFunction<Slow.Reading, Slow.Result> {
    /** Input. */
    public record Reading(long id, double value) {}

    /** Output. */
    public record Result(double sum, String text) {}

    @Override
    public Result apply(Reading in) throws RecordRejectedException {
      if (in.id() % 500 == 7) {
        throw new RecordRejectedException("the reading " + in.id() + " is out of range");
      }
      if (in.id() % 500 == 8) {
        throw new IllegalStateException("no result for " + in.id());
      }
      double sum = in.value();
      for (int i = 1; i <= 1000; i++) {
        sum += Math.sin(sum + i);
      }
      return new Result(sum, "é " + in.id());
    }
  }
}
