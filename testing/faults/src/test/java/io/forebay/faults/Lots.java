package io.forebay.faults;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Int64Column;
import java.util.concurrent.ThreadLocalRandom;

/** Gives each row of a window another number each time it is called; rejects some rows. */
public final class Lots implements BatchFunction {
  private static final long EACH = 7_000;

  @Override
  public Schema outputs(Schema input) {
    return Schema.of(Field.of("lot", ColumnType.INT64));
  }

  /** Whether it rejects the row of a window that begins then. */
  static boolean rejects(long start) {
    return start % EACH == 0;
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    Int64Column starts = in.int64("window_start");
    for (int row = 0; row < in.rows(); row++) {
      if (rejects(starts.get(row))) {
        out.reject(row, "a window that begins then has no lot");
      } else {
        out.int64("lot").set(row, ThreadLocalRandom.current().nextLong());
      }
    }
  }
}
