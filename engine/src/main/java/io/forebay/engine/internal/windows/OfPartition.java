package io.forebay.engine.internal.windows;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.StringColumn;
import java.util.Optional;

/** Rows of an earlier run, whose partition has another index in this one. */
record OfPartition(Batch rowsOf, int index) implements Batch {
  @Override
  public Schema schema() {
    return rowsOf.schema();
  }

  @Override
  public int rows() {
    return rowsOf.rows();
  }

  @Override
  public Column column(int column) {
    return rowsOf.column(column);
  }

  @Override
  public Batch slice(int from, int to) {
    return new OfPartition(rowsOf.slice(from, to), index);
  }

  @Override
  public Optional<StringColumn> extras() {
    return rowsOf.extras();
  }

  @Override
  public int partition(int row) {
    return index;
  }

  @Override
  public long sequence(int row) {
    return rowsOf.sequence(row);
  }
}
