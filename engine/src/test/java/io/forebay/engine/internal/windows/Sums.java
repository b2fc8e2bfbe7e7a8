package io.forebay.engine.internal.windows;

import io.forebay.Accumulator;
import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Int64Column;
import io.forebay.errors.RecordRejectedException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Counts and sums up whole numbers; rejects those that 23 divides. */
public final class Sums implements Accumulator<long[]> {
  private Int64Column n;

  @Override
  public Schema outputs(Schema input) {
    return Schema.of(
        Field.of("count", ColumnType.INT64),
        Field.of("n", ColumnType.INT64),
        Field.of("min", ColumnType.INT64));
  }

  @Override
  public long[] init() {
    return new long[] {0, 0, Long.MAX_VALUE};
  }

  @Override
  public void begin(Batch batch) {
    n = batch.int64("n");
  }

  @Override
  public void add(long[] partial, int row) throws RecordRejectedException {
    long value = n.get(row);
    if (value % 23 == 0) {
      throw new RecordRejectedException("23 divides it");
    }
    merge(partial, new long[] {1, value, value});
  }

  @Override
  public void merge(long[] into, long[] other) {
    into[0] += other[0];
    into[1] += other[1];
    into[2] = Math.min(into[2], other[2]);
  }

  @Override
  public void result(long[] partial, Row row) {
    for (int i = 0; i < partial.length; i++) {
      row.setLong(i, partial[i]);
    }
  }

  @Override
  public void write(long[] partial, DataOutput out) throws IOException {
    for (long each : partial) {
      out.writeLong(each);
    }
  }

  @Override
  public long[] read(DataInput in) throws IOException {
    return new long[] {in.readLong(), in.readLong(), in.readLong()};
  }
}
