package io.forebay.engine.internal.windows;

import io.forebay.Accumulator;
import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Int64Column;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Keeps {@code n} of each record. */
public final class KeptNumbers implements Accumulator<List<Double>> {
  private Int64Column n;

  @Override
  public Schema outputs(Schema input) {
    return Schema.of(Field.of("numbers", ColumnType.FLOAT64_LIST));
  }

  @Override
  public List<Double> init() {
    return new ArrayList<>();
  }

  @Override
  public void begin(Batch batch) {
    n = batch.int64("n");
  }

  @Override
  public void add(List<Double> partial, int row) {
    partial.add((double) n.get(row));
  }

  @Override
  public void merge(List<Double> into, List<Double> other) {
    into.addAll(other);
  }

  @Override
  public int records(List<Double> partial) {
    return partial.size();
  }

  @Override
  public void result(List<Double> partial, Row row) {
    row.setDoubles(0, partial.stream().mapToDouble(Double::doubleValue).toArray());
  }

  @Override
  public void write(List<Double> partial, DataOutput out) throws IOException {
    out.writeInt(partial.size());
    for (double each : partial) {
      out.writeDouble(each);
    }
  }

  @Override
  public List<Double> read(DataInput in) throws IOException {
    List<Double> read = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      read.add(in.readDouble());
    }
    return read;
  }
}
