package io.forebay.faults;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64Writer;

/** Computes for some tens of microseconds for each record. */
public final class Spin implements BatchFunction {
  private static final int STEPS = 20_000;

  @Override
  public Schema outputs(Schema input) {
    return Schema.of(Field.of("spun", ColumnType.FLOAT64));
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    Float64Column value = in.float64("value");
    Float64Writer spun = out.float64("spun");
    for (int row = 0; row < in.rows(); row++) {
      double x = value.get(row);
      for (int step = 0; step < STEPS; step++) {
        x = Math.fma(x, 0.999, 1);
      }
      spun.set(row, x);
    }
  }
}
