package io.forebay.faults;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RecordFunction;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;

/** Functions for which some records are poison: -1 ends the process, -2 throws. */
public final class PoisonFunctions {
  private PoisonFunctions() {}

  private static double twice(double value) {
    if (value == -1) {
      Runtime.getRuntime().halt(9);
    }
    if (value == -2) {
      throw new IllegalArgumentException("the value is -2");
    }
    return 2 * value;
  }

  /** Record by record. */
  public static final class Rows implements RecordFunction<Rows.Reading, Rows.Result> {
    /** Input. */
    public record Reading(double value) {}

    /** Output. */
    public record Result(double twice) {}

    @Override
    public Result apply(Reading in) {
      return new Result(twice(in.value()));
    }
  }

  /** Over columns. */
  public static class Vectorized implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("twice", ColumnType.FLOAT64));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        out.float64("twice").set(row, twice(in.float64("value").get(row)));
      }
    }
  }

  /** Over columns, and takes its time: 400 µs a record. */
  public static final class Slow extends Vectorized {
    @Override
    public void apply(Batch in, BatchWriter out) {
      long end = System.nanoTime() + 400_000L * in.rows();
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      super.apply(in, out);
    }
  }
}
