package io.forebay.benchmarks;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Int64Column;
import io.forebay.columns.Int64Writer;

/**
 * Computes as many steps for a record as its column {@code steps} says: the same work on a busy
 * machine and on an idle one, whoever does it. A step needs the one before, so that no compiler and
 * no processor can do two at once.
 */
public final class Steps implements BatchFunction {
  @Override
  public Schema outputs(Schema input) {
    return Schema.of(Field.of("result", ColumnType.INT64));
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    Int64Column steps = in.int64("steps");
    Int64Writer result = out.int64("result");
    for (int row = 0; row < in.rows(); row++) {
      result.set(row, compute(row, steps.get(row)));
    }
  }

  /** Marsaglia's xorshift: several steps cannot be folded into one, as those of an LCG can. */
  private static long compute(long seed, long steps) {
    long x = seed + 1;
    for (long step = 0; step < steps; step++) {
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
    }
    return x;
  }

  /** How many steps one core of this machine does in a microsecond. */
  static double perMicrosecond() {
    long steps = 2_000_000;
    double best = 0;
    for (int round = 0; round < 20; round++) {
      long begin = System.nanoTime();
      long result = compute(round, steps);
      long nanos = System.nanoTime() - begin;
      if (result != 0) { // It never is, but the compiler does not know that.
        best = Math.max(best, steps * 1e3 / Math.max(1, nanos));
      }
    }
    return best;
  }
}
