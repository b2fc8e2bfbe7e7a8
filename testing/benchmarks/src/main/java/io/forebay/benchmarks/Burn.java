package io.forebay.benchmarks;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64Writer;
import java.util.Map;

/**
 * Computes for a given time per record ({@code micros}), whatever the machine: a function that is
 * slow on purpose.
 */
public final class Burn implements BatchFunction {
  private final double nanosPerRecord;

  /** Takes the parameter {@code micros}: microseconds per record. */
  public Burn(Map<String, String> parameters) {
    this.nanosPerRecord = Double.parseDouble(parameters.getOrDefault("micros", "1")) * 1000;
  }

  @Override
  public Schema outputs(Schema input) {
    return Schema.of(Field.of("burnt", ColumnType.FLOAT64));
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    Float64Writer burnt = out.float64("burnt");
    long begin = System.nanoTime();
    for (int row = 0; row < in.rows(); row++) {
      double x = row;
      while (System.nanoTime() - begin < nanosPerRecord * (row + 1)) {
        x = Math.sqrt(x + 1);
      }
      burnt.set(row, x);
    }
  }
}
