package io.forebay.engine.internal.windows;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Int64Column;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Behind the windows of {@link Sums}: filters some rows, rejects others, and gives each that it
 * keeps a number that no row was given before, and a long text.
 */
public final class Stamps implements BatchFunction {
  private static final AtomicLong LAST = new AtomicLong();

  @Override
  public Schema outputs(Schema input) {
    return Schema.of(Field.of("stamp", ColumnType.INT64), Field.of("text", ColumnType.STRING));
  }

  @Override
  public RowShape rowShape() {
    return RowShape.FEWER;
  }

  /** Whether it leaves out the row of a window with that sum. */
  static boolean filters(long n) {
    return n % 11 == 0;
  }

  /** Whether it rejects it. */
  static boolean rejects(long n) {
    return n % 7 == 0;
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    Int64Column n = in.int64("n");
    for (int row = 0; row < in.rows(); row++) {
      if (filters(n.get(row))) {
        out.filter(row);
      } else if (rejects(n.get(row))) {
        out.reject(row, "7 divides it");
      } else {
        out.int64("stamp").set(row, LAST.incrementAndGet());
        out.string("text").set(row, "x".repeat((int) (n.get(row) % 900)));
      }
    }
  }
}
